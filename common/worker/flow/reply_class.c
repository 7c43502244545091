/*
 * Classifies HTTP replies of Salesforce by the rows of reply_class.def. Does not send anything, and
 * does not choose what a person reads.
 */
#include "reply_class.h"

#include <stdbool.h>
#include <string.h>

#include "form_value.h"
#include "text.h"

#include "banned.h"

#define SHORT_TEXT_MAX 200  /* bytes of a body that is a message by itself */
#define LONG_TEXT_SIZE 1024 /* of a description before it is cut, with NUL */
#define ERROR_MAX      40   /* Salesforce's longest error has 28 characters */
#define WORD_MAX       24   /* a longer word may be a code or token */

static const struct row {
	const char *name;
	unsigned calls, least, greatest;
	const char *error, *text;
	enum sf_err failure;
	enum sf_next next;
	enum sf_app_fault app;
} rows[] = {
#define SF_REPLY_CLASS(row, calls, least, greatest, error, text, failure, next, app)               \
	{#row, calls, least, greatest, error, text, SF_E_##failure, SF_NEXT_##next,                \
	    SF_APP_FAULT_##app},
#include "reply_class.def"
#undef SF_REPLY_CLASS
};

static const struct row ok = {.name = "ok", .next = SF_NEXT_GO_ON};
/* The first two rows of reply_class.def, for bodies of the wrong kind; no reply matches them. */
static const struct row *const html = &rows[0], *const not_json = &rows[1];

static void set_row(struct sf_reply_class *class, const struct row *row)
{
	class->next = row->next;
	class->failure = row->failure;
	class->row = row->name;
	class->app = row->app;
}

/* Set `error` if it has only allowed characters, else "". */
static void set_error(struct sf_reply_class *class, const char *error)
{
	if (strlen(error) > ERROR_MAX || !sf_text_has_only(error, SF_TEXT_NAME) ||
	    !sf_text_copy(class->error, sizeof(class->error), error))
		class->error[0] = '\0';
}

static bool is_blank(char c)
{
	return (unsigned char)c <=
	       ' '; /* cast: bytes beyond ASCII are negative if char is signed */
}

/*
 * Set the description, which goes to logs. A server may repeat parts of the request in it, so words
 * longer than WORD_MAX become "...": they may be codes or tokens. If the text is cut, the last word
 * is left out: it may be the beginning of a long one.
 */
static void set_description(struct sf_reply_class *class, const char *text, size_t len)
{
	size_t out = 0;

	for (size_t at = 0; at < len;) {
		size_t word_len = 0;

		while (at + word_len < len && !is_blank(text[at + word_len]))
			word_len++;

		bool is_long = word_len > WORD_MAX;
		size_t add_len = is_long ? strlen("...") : word_len;
		bool is_cut = at + word_len == len && len == LONG_TEXT_SIZE - 1;

		if (is_cut || out + add_len + 1 >= sizeof(class->description))
			break;
		memcpy(class->description + out, is_long ? "..." : text + at, add_len);
		out += add_len;
		at += word_len;
		if (at < len)
			class->description[out++] = text[at++];
	}
	class->description[out] = '\0';
}

/* {"error":..,"error_description":..}, or the data API's [{"errorCode":..,"message":..}]. */
static void read_json_error(const struct sf_json *json, struct sf_reply_class *class)
{
	const struct sf_json *first = sf_json_first(json);
	const struct sf_json *object = first ? first : json;
	char error[sizeof(class->error)] = "";
	char description[LONG_TEXT_SIZE] = "";
	struct sf_error ignored;

	if (!sf_json_is_object(object))
		return;
	if (sf_json_text(object, first ? "errorCode" : "error", error, sizeof(error), &ignored) ==
	    SF_OK)
		set_error(class, error);
	if (sf_json_text(object, first ? "message" : "error_description", description,
		sizeof(description), &ignored) == SF_OK)
		set_description(class, description, strlen(description));
}

/* error=..&error_description=.. */
static void read_form_error(const char *body, struct sf_reply_class *class)
{
	for (const char *at = body; *at;) {
		size_t len = strcspn(at, "&");
		const char *equals = memchr(at, '=', len);
		size_t key_len = equals ? (size_t)(equals - at) : len;
		char value[LONG_TEXT_SIZE] = "";

		if (equals) {
			/* A value that is cut or malformed is used as far as it was decoded. */
			(void)sf_form_value_decode(
			    equals + 1, len - key_len - 1, value, sizeof(value));
			if (key_len == strlen("error") && memcmp(at, "error", key_len) == 0)
				set_error(class, value);
			else if (key_len == strlen("error_description") &&
				 memcmp(at, "error_description", key_len) == 0)
				set_description(class, value, strlen(value));
		}
		at += len + (at[len] == '&');
	}
}

/* Read error and description from a body: a JSON object or array, a form, or a short text. */
static void read_error(
    const struct sf_http_reply *reply, const struct sf_json *json, struct sf_reply_class *class)
{
	const char *body = sf_secret_reveal(reply->body);
	size_t len = sf_secret_len(reply->body);

	if (json)
		read_json_error(json, class);
	else if (strstr(body, "error="))
		read_form_error(body, class);
	else if (len <= SHORT_TEXT_MAX)
		set_description(class, body, len);
}

static bool has_part(const char *text, const char *part)
{
	return strcasestr(text, part) != NULL;
}

/*
 * May the row classify an HTML page? A page says nothing about a token: it may only mean "later",
 * "elsewhere", or, by 404, 405 or 410, that the app does not have this flow.
 */
static bool is_for_page(const struct row *row, unsigned status)
{
	return row->failure == SF_E_UNAVAILABLE || status / 100 == 3 ||
	       (row->app == SF_APP_FAULT_FLOW && row->least >= 404);
}

/* The first row that matches; html or not_json if none does. */
static const struct row *find_row(
    enum sf_call call, const struct sf_reply_class *class, bool is_html)
{
	const struct row *fallback = is_html ? html : not_json;

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct row *row = &rows[i];

		if (!(row->calls & call) || class->status < row->least ||
		    class->status > row->greatest)
			continue;
		if (row->error[0] != '\0' && strcmp(row->error, class->error) != 0)
			continue;
		if (row->text[0] != '\0' && !has_part(class->description, row->text))
			continue;
		if (is_html && !is_for_page(row, class->status))
			continue;
		return row;
	}
	return fallback;
}

enum sf_err sf_reply_class_read(enum sf_call call, const struct sf_http_reply *reply,
    struct sf_reply_class *ret_class, struct sf_json **ret_json, struct sf_error *e)
{
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	struct sf_reply_class class = {.status = reply->status, .retry_s = reply->retry_s};
	bool is_fine = reply->status >= 200 && reply->status <= 299;
	bool wants_json = call != SF_ON_GET && call != SF_ON_REVOKE;
	enum sf_err r = SF_OK;

	if (!reply->is_html && (!is_fine || wants_json))
		r = sf_json_parse(reply->body, &json, e);
	if (r == SF_E_NOMEM)
		return r;
	if (is_fine && reply->is_html) {
		set_row(&class, find_row(call, &class, /* is_html= */ true));
	} else if (is_fine && wants_json && !sf_json_is_object(json)) {
		if (r != SF_OK)
			set_description(&class, e->detail, strlen(e->detail));
		set_row(&class, not_json);
	} else if (is_fine) {
		set_row(&class, &ok);
	} else {
		if (!reply->is_html)
			read_error(reply, json, &class);
		set_row(&class, find_row(call, &class, reply->is_html));
	}
	*ret_json = is_fine && wants_json && class.next == SF_NEXT_GO_ON ? SF_TAKE(json) : NULL;
	*ret_class = class;
	return SF_OK;
}

void sf_reply_class_of_words(
    enum sf_call call, const char *error, const char *description, struct sf_reply_class *ret_class)
{
	struct sf_reply_class class = {.status = 400};

	set_error(&class, error);
	set_description(&class, description, strlen(description));
	set_row(&class, find_row(call, &class, /* is_html= */ false));
	*ret_class = class;
}

void sf_reply_class_words(
    const struct sf_reply_class *class, char ret[static SF_REPLY_CLASS_WORDS_SIZE])
{
	struct sf_text text = sf_text_over(ret, SF_REPLY_CLASS_WORDS_SIZE);
	const char *words = class->description;

	if (class->error[0] == '\0' && words[0] == '\0') {
		sf_text_addf(&text, "HTTP %u", class->status);
		return;
	}
	sf_text_addf(&text, "%s%s", class->error, class->error[0] && words[0] ? ": " : "");
	/* The longest description fits; printable ASCII only, because it goes to a terminal. */
	for (; *words; words++)
		sf_text_add_char(&text, *words >= ' ' && *words <= '~' ? *words : '?');
}

bool sf_reply_class_is_unspent(const struct sf_reply_class *class)
{
	if (class->row == html->name && class->status / 100 == 2)
		return true;
	return class->status >= 300 && class->status != 502 && class->status != 504;
}

enum sf_err sf_reply_class_fail(const struct sf_reply_class *class, struct sf_error *e)
{
	char description[96];

	sf_text_escape(
	    description, sizeof(description), class->description, strlen(class->description));
	return SF_FAIL(e, class->failure, (int)class->status, "%s: HTTP %u '%s' '%s'", class->row,
	    class->status, class->error, description);
}
