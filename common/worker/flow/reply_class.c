#include "reply_class.h"

#include <stdbool.h>
#include <string.h>

#include "form.h"
#include "text.h"

#include "banned.h"

#define SHORT_TEXT_MAX 200
#define LONG_TEXT_SIZE 1024
#define ERROR_MAX      40 /* Salesforce's longest has 28 */
#define WORD_MAX       24 /* a word that is longer may be a code or token */

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
/* The first two of reply_class.def: shapes, which no reply fits. */
static const struct row *const html = &rows[0], *const not_json = &rows[1];

static void take_row(struct sf_reply_class *answer, const struct row *row)
{
	answer->next = row->next;
	answer->failure = row->failure;
	answer->row = row->name;
	answer->app = row->app;
}

static void take_error(struct sf_reply_class *answer, const char *error)
{
	if (strlen(error) > ERROR_MAX || !sf_text_has_only(error, SF_TEXT_NAME) ||
	    !sf_text_copy(answer->error, sizeof(answer->error), error))
		answer->error[0] = '\0';
}

static bool is_blank(char c)
{
	return (unsigned char)c <= ' '; /* where char is signed, what is not ASCII is negative */
}

/*
 * The description is for logs, and a server may give back what it was asked with. So long words are
 * left out, and where the text does not fit, the last one: it may be a piece of a long one.
 */
static void take_description(struct sf_reply_class *answer, const char *text, size_t len)
{
	size_t out = 0;

	for (size_t at = 0; at < len;) {
		size_t word_len = 0;

		while (at + word_len < len && !is_blank(text[at + word_len]))
			word_len++;

		bool is_long = word_len > WORD_MAX;
		size_t add_len = is_long ? strlen("...") : word_len;
		bool is_cut = at + word_len == len && len == LONG_TEXT_SIZE - 1;

		if (is_cut || out + add_len + 1 >= sizeof(answer->description))
			break;
		memcpy(answer->description + out, is_long ? "..." : text + at, add_len);
		out += add_len;
		at += word_len;
		if (at < len)
			answer->description[out++] = text[at++];
	}
	answer->description[out] = '\0';
}

/* {"error":..,"error_description":..}, or the data API's [{"errorCode":..,"message":..}]. */
static void read_json_error(const struct sf_json *json, struct sf_reply_class *answer)
{
	const struct sf_json *first = sf_json_first(json);
	const struct sf_json *object = first ? first : json;
	char error[sizeof(answer->error)] = "";
	char description[LONG_TEXT_SIZE] = "";
	struct sf_error ignored;

	if (!sf_json_is_object(object))
		return;
	if (sf_json_text(object, first ? "errorCode" : "error", error, sizeof(error), &ignored) ==
	    SF_OK)
		take_error(answer, error);
	if (sf_json_text(object, first ? "message" : "error_description", description,
		sizeof(description), &ignored) == SF_OK)
		take_description(answer, description, strlen(description));
}

/* error=..&error_description=.. */
static void read_form_error(const char *body, struct sf_reply_class *answer)
{
	for (const char *at = body; *at;) {
		size_t len = strcspn(at, "&");
		const char *equals = memchr(at, '=', len);
		size_t key_len = equals ? (size_t)(equals - at) : len;
		char value[LONG_TEXT_SIZE] = "";

		if (equals) {
			/* As far as it goes: it is only words. */
			(void)sf_form_decode(equals + 1, len - key_len - 1, value, sizeof(value));
			if (key_len == strlen("error") && memcmp(at, "error", key_len) == 0)
				take_error(answer, value);
			else if (key_len == strlen("error_description") &&
				 memcmp(at, "error_description", key_len) == 0)
				take_description(answer, value, strlen(value));
		}
		at += len + (at[len] == '&');
	}
}

/* JSON object, then JSON array, then form, then a short text. */
static void read_error(
    const struct sf_http_reply *reply, const struct sf_json *json, struct sf_reply_class *answer)
{
	const char *body = sf_secret_reveal(reply->body);
	size_t len = sf_secret_len(reply->body);

	if (json)
		read_json_error(json, answer);
	else if (strstr(body, "error="))
		read_form_error(body, answer);
	else if (len <= SHORT_TEXT_MAX)
		take_description(answer, body, len);
}

static bool has_part(const char *text, const char *part)
{
	return strcasestr(text, part) != NULL;
}

/*
 * Whether the row may classify an HTML page. A page says nothing about a token: only "later" and
 * "elsewhere" count, and a missing endpoint (404, 405, 410) if the row says that the app does not
 * have the flow.
 */
static bool is_for_page(const struct row *row, unsigned status)
{
	return row->failure == SF_E_UNAVAILABLE || status / 100 == 3 ||
	       (row->app == SF_APP_FAULT_FLOW && row->least >= 404);
}

static const struct row *find_row(
    enum sf_call call, const struct sf_reply_class *answer, bool is_html)
{
	const struct row *fallback = is_html ? html : not_json;

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct row *row = &rows[i];

		if (!(row->calls & call) || answer->status < row->least ||
		    answer->status > row->greatest)
			continue;
		if (row->error[0] != '\0' && strcmp(row->error, answer->error) != 0)
			continue;
		if (row->text[0] != '\0' && !has_part(answer->description, row->text))
			continue;
		if (is_html && !is_for_page(row, answer->status))
			continue;
		return row;
	}
	return fallback;
}

enum sf_err sf_reply_class_read(enum sf_call call, const struct sf_http_reply *reply,
    struct sf_reply_class *ret_answer, struct sf_json **ret_json, struct sf_error *e)
{
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	struct sf_reply_class answer = {.status = reply->status, .retry_s = reply->retry_s};
	bool is_fine = reply->status >= 200 && reply->status <= 299;
	bool wants_json = call != SF_ON_GET && call != SF_ON_REVOKE;
	enum sf_err r = SF_OK;

	if (!reply->is_html && (!is_fine || wants_json))
		r = sf_json_parse(reply->body, &json, e);
	if (r == SF_E_NOMEM)
		return r;
	if (is_fine && reply->is_html && wants_json) {
		take_row(&answer, find_row(call, &answer, /* is_html= */ true));
	} else if (is_fine && wants_json && !sf_json_is_object(json)) {
		if (r != SF_OK)
			take_description(&answer, e->detail, strlen(e->detail));
		take_row(&answer, not_json);
	} else if (is_fine) {
		take_row(&answer, &ok);
	} else {
		if (!reply->is_html)
			read_error(reply, json, &answer);
		take_row(&answer, find_row(call, &answer, reply->is_html));
	}
	*ret_json = is_fine && wants_json && answer.next == SF_NEXT_GO_ON ? SF_TAKE(json) : NULL;
	*ret_answer = answer;
	return SF_OK;
}

void sf_reply_class_of_words(enum sf_call call, const char *error, const char *description,
    struct sf_reply_class *ret_answer)
{
	struct sf_reply_class answer = {.status = 400};

	take_error(&answer, error);
	take_description(&answer, description, strlen(description));
	take_row(&answer, find_row(call, &answer, /* is_html= */ false));
	*ret_answer = answer;
}

void sf_reply_class_words(
    const struct sf_reply_class *answer, char ret[static SF_REPLY_CLASS_WORDS_SIZE])
{
	struct sf_text text = sf_text_over(ret, SF_REPLY_CLASS_WORDS_SIZE);
	const char *words = answer->description;

	if (answer->error[0] == '\0' && words[0] == '\0') {
		sf_text_addf(&text, "HTTP %u", answer->status);
		return;
	}
	sf_text_addf(&text, "%s%s", answer->error, answer->error[0] && words[0] ? ": " : "");
	/* What does not fit stays out, the longest of descriptions does. */
	for (; *words; words++)
		sf_text_add_char(&text, *words >= ' ' && *words <= '~' ? *words : '?');
}

bool sf_reply_class_is_unspent(const struct sf_reply_class *answer)
{
	if (answer->row == html->name && answer->status / 100 == 2)
		return true;
	return answer->status >= 300 && answer->status != 502 && answer->status != 504;
}

enum sf_err sf_reply_class_fail(const struct sf_reply_class *answer, struct sf_error *e)
{
	char description[96];

	sf_text_escape(
	    description, sizeof(description), answer->description, strlen(answer->description));
	return SF_FAIL(e, answer->failure, (int)answer->status, "%s: HTTP %u '%s' '%s'",
	    answer->row, answer->status, answer->error, description);
}
