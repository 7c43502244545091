#include "config_value.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config_words.h"
#include "identity.h"
#include "origin.h"

#include "banned.h"

/* As sf_config_value_set. */
typedef enum sf_value set_fn(
    const struct sf_config_row *row, const char *value, bool adds, void *field);

static enum sf_value replace_text(char **field, const char *value)
{
	char *copy = strdup(value);

	if (copy == NULL)
		return SF_VALUE_NOMEM;
	free(*field);
	*field = copy;
	return SF_VALUE_GOOD;
}

static bool fits(const struct sf_config_row *row, const char *value)
{
	size_t len = strlen(value);

	return len >= row->min && len <= row->max && sf_text_is_printable(value);
}

static enum sf_value set_text(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	(void)adds;
	return fits(row, value) ? replace_text(field, value) : SF_VALUE_REFUSED;
}

/* The canonical base URL: no final slash, no port where it is 443. */
static bool canonical_url(const struct sf_config_row *row, const char *value, struct sf_text *ret)
{
	struct sf_origin origin;
	struct sf_error unused;

	if (!fits(row, value) || sf_origin_parse(value, &origin, &unused) != SF_OK)
		return false;
	if (origin.port == 443)
		return sf_text_addf(ret, "https://%s", origin.host);
	return sf_text_addf(ret, "https://%s:%u", origin.host, (unsigned)origin.port);
}

static enum sf_value set_url(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	char url[SF_ORIGIN_SIZE];
	struct sf_text text = SF_TEXT(url);

	(void)adds;
	return canonical_url(row, value, &text) ? replace_text(field, url) : SF_VALUE_REFUSED;
}

static enum sf_value set_sfid(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	char id[SF_ID18_SIZE];

	(void)adds;
	return fits(row, value) && sf_identity_id18(value, "00D", id) ? replace_text(field, id)
								      : SF_VALUE_REFUSED;
}

/* Two to four digits without a leading zero, a dot, one digit. */
static enum sf_value set_version(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	size_t whole = strspn(value, "0123456789");

	(void)adds;
	if (!fits(row, value) || whole + 2 != strlen(value) || value[0] == '0' ||
	    value[whole] != '.' || value[whole + 1] < '0' || value[whole + 1] > '9')
		return SF_VALUE_REFUSED;
	return replace_text(field, value);
}

static enum sf_value set_path(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	return value[0] == '/' ? set_text(row, value, adds, field) : SF_VALUE_REFUSED;
}

static enum sf_value set_proxy(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	static const char scheme[] = "http://";
	static const char host_chars[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
	const char *host = value + sizeof scheme - 1;
	size_t host_len;
	uint32_t port;

	if (!fits(row, value) || !sf_text_starts(value, scheme))
		return SF_VALUE_REFUSED;
	host_len = strspn(host, host_chars);
	if (host_len == 0 || host[0] == '.' || host[0] == '-' || host[host_len] != ':' ||
	    host[host_len + 1] == '0' || !sf_text_u32(host + host_len + 1, 1, 65535, &port))
		return SF_VALUE_REFUSED;
	return set_text(row, value, adds, field);
}

static enum sf_value set_template(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	static const char user[] = "{user}";
	const char *at = strstr(value, user);

	/* No other brace: a misspelt placeholder must not become part of a name. */
	if (at == NULL || strchr(value, '{') != at || strpbrk(at + sizeof user - 1, "{}") != NULL ||
	    strchr(value, '}') != at + 5 || strchr(value, ' ') != NULL)
		return SF_VALUE_REFUSED;
	return set_text(row, value, adds, field);
}

/* A comma is no separator here, and part of no name: it would hide the name before it. */
static bool is_word(const struct sf_config_row *row, const struct sf_list *before, char *word)
{
	(void)row;
	(void)before;
	return sf_text_is_printable(word) && strchr(word, ',') == NULL;
}

static bool is_bounded_word(
    const struct sf_config_row *row, const struct sf_list *before, char *word)
{
	return fits(row, word) && is_word(row, before, word);
}

static bool is_url_word(const struct sf_config_row *row, const struct sf_list *before, char *word)
{
	char url[SF_ORIGIN_SIZE];
	struct sf_text text = SF_TEXT(url);

	(void)before;
	return canonical_url(row, word, &text) && sf_text_copy(word, SF_CONFIG_WORD_SIZE, url);
}

/* The index of word in the choices; false if it is none. */
static bool find_choice(const char *choices, const char *word, unsigned *ret_index)
{
	unsigned index = 0;

	for (; *choices != '\0'; choices += strspn(choices, " "), index++) {
		size_t len = strcspn(choices, " ");

		if (strlen(word) == len && memcmp(choices, word, len) == 0) {
			*ret_index = index;
			return true;
		}
		choices += len;
	}
	return false;
}

static bool is_choice_word(
    const struct sf_config_row *row, const struct sf_list *before, char *word)
{
	unsigned unused;

	return find_choice(row->choices, word, &unused) && !sf_list_has(before, word);
}

/* The bounds of WORDS are those of the whole text. */
static enum sf_value set_one_list(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	static const struct sf_words_ask words = {.separators = " ", .is_good = is_word};

	return fits(row, value) ? sf_config_words_set(&words, row, value, adds, field)
				: SF_VALUE_REFUSED;
}

static enum sf_value set_list(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	static const struct sf_words_ask words = {.separators = " ", .is_good = is_bounded_word};

	return sf_config_words_set(&words, row, value, adds, field);
}

static enum sf_value set_urls(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	static const struct sf_words_ask words = {.separators = " ", .is_good = is_url_word};

	return sf_config_words_set(&words, row, value, adds, field);
}

static enum sf_value set_choices(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	static const struct sf_words_ask words = {.separators = " ,", .is_good = is_choice_word};

	return sf_config_words_set(&words, row, value, adds, field);
}

static enum sf_value set_choice(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	unsigned index;

	(void)adds;
	if (!find_choice(row->choices, value, &index))
		return SF_VALUE_REFUSED;
	*(unsigned *)field = index;
	return SF_VALUE_GOOD;
}

static enum sf_value set_secs(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	(void)adds;
	return sf_text_duration(value, (uint32_t)row->min, (uint32_t)row->max, field)
		   ? SF_VALUE_GOOD
		   : SF_VALUE_REFUSED;
}

static enum sf_value set_number(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	(void)adds;
	return sf_text_u32(value, (uint32_t)row->min, (uint32_t)row->max, field) ? SF_VALUE_GOOD
										 : SF_VALUE_REFUSED;
}

static enum sf_value set_bool(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	bool is_yes = strcmp(value, "yes") == 0;

	(void)row;
	(void)adds;
	if (!is_yes && strcmp(value, "no") != 0)
		return SF_VALUE_REFUSED;
	*(bool *)field = is_yes;
	return SF_VALUE_GOOD;
}

/* One part of a rate, `N/min` or `N/min per source`, of len bytes. */
static bool parse_rate_part(const struct sf_config_row *row, const char *part, size_t len,
    struct sf_rate *rate, bool seen[2])
{
	static const char per_min[] = "/min", per_source[] = "/min per source";
	size_t digits = strspn(part, "0123456789");
	bool is_source =
	    len == digits + sizeof per_source - 1 && sf_text_starts(part + digits, per_source);
	bool is_host = len == digits + sizeof per_min - 1 && sf_text_starts(part + digits, per_min);
	char number[8];

	if ((!is_source && !is_host) || digits >= sizeof number || seen[is_source])
		return false;
	seen[is_source] = true;
	memcpy(number, part, digits);
	number[digits] = '\0';
	return sf_text_u32(number, (uint32_t)row->min, (uint32_t)row->max,
	    is_source ? &rate->source_per_min : &rate->per_min);
}

static enum sf_value set_rate(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	struct sf_rate rate = *(struct sf_rate *)field;
	bool seen[2] = {false, false};

	(void)adds;
	/* Each part stands at most once, so this ends after two. */
	while (true) {
		size_t len = strcspn(value, ",");

		if (!parse_rate_part(row, value, len, &rate, seen))
			return SF_VALUE_REFUSED;
		value += len;
		if (*value == '\0')
			break;
		value++;
		value += strspn(value, " ");
	}
	*(struct sf_rate *)field = rate;
	return SF_VALUE_GOOD;
}

enum holds { HOLDS_NUMBER, HOLDS_TEXT, HOLDS_LIST };
enum bounds { BOUNDS_NONE, BOUNDS_LENGTH, BOUNDS_NUMBER, BOUNDS_CHOICES };

struct type {
	const char *name;
	set_fn *set;
	enum holds holds;
	bool is_repeatable;
	const char *what;
	enum bounds bounds;
};

#define LISTED true
#define SINGLE false
static const struct type types[] = {
    {"TEXT", set_text, HOLDS_TEXT, SINGLE, "printable ASCII", BOUNDS_LENGTH},
    {"URL", set_url, HOLDS_TEXT, SINGLE, "https://HOST[:PORT] and no more", BOUNDS_LENGTH},
    {"SFID", set_sfid, HOLDS_TEXT, SINGLE, "an organization id, 00D and so on", BOUNDS_LENGTH},
    {"VERSION", set_version, HOLDS_TEXT, SINGLE, "a version such as 60.0", BOUNDS_NONE},
    {"PATH", set_path, HOLDS_TEXT, SINGLE, "an absolute path", BOUNDS_LENGTH},
    {"PROXY", set_proxy, HOLDS_TEXT, SINGLE, "http://HOST:PORT", BOUNDS_LENGTH},
    {"TEMPLATE", set_template, HOLDS_TEXT, SINGLE, "ASCII with {user} in it once", BOUNDS_LENGTH},
    {"WORDS", set_one_list, HOLDS_LIST, SINGLE, "words with spaces and no commas between them",
	BOUNDS_LENGTH},
    {"LIST", set_list, HOLDS_LIST, LISTED, "words with spaces and no commas between them, each",
	BOUNDS_LENGTH},
    {"URLS", set_urls, HOLDS_LIST, LISTED, "https://HOST[:PORT] and no more", BOUNDS_LENGTH},
    {"CHOICE", set_choice, HOLDS_NUMBER, SINGLE, "one of", BOUNDS_CHOICES},
    {"CHOICES", set_choices, HOLDS_LIST, SINGLE, "some of", BOUNDS_CHOICES},
    {"SECS", set_secs, HOLDS_NUMBER, SINGLE, "a time such as 90, 90s, 5m or 24h, in seconds",
	BOUNDS_NUMBER},
    {"NUMBER", set_number, HOLDS_NUMBER, SINGLE, "a number", BOUNDS_NUMBER},
    {"BOOL", set_bool, HOLDS_NUMBER, SINGLE, "yes or no", BOUNDS_NONE},
    {"RATE", set_rate, HOLDS_NUMBER, SINGLE, "N/min, M/min per source, or one of them, each",
	BOUNDS_NUMBER},
};

static enum sf_value set_nothing(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	(void)row, (void)value, (void)adds, (void)field;
	return SF_VALUE_REFUSED;
}

/* A row whose type is missing above takes no value; test_config_value asks for every row. */
static const struct type *type_of(const struct sf_config_row *row)
{
	static const struct type none = {"", set_nothing, HOLDS_NUMBER, SINGLE, "", BOUNDS_NONE};
	for (size_t i = 0; i < SF_COUNT(types); i++)
		if (strcmp(types[i].name, row->type) == 0)
			return &types[i];
	return &none;
}

enum sf_value sf_config_value_set(
    const struct sf_config_row *row, const char *value, bool adds, void *field)
{
	return type_of(row)->set(row, value, adds, field);
}

bool sf_config_value_init(const struct sf_config_row *row, void *field)
{
	return type_of(row)->holds != HOLDS_TEXT || replace_text(field, "") == SF_VALUE_GOOD;
}

void sf_config_value_clear(const struct sf_config_row *row, void *field)
{
	switch (type_of(row)->holds) {
	case HOLDS_TEXT:
		free(*(char **)field);
		*(char **)field = NULL;
		break;
	case HOLDS_LIST:
		sf_list_clear(field);
		break;
	case HOLDS_NUMBER:
		break;
	}
}

void sf_config_value_rule(const struct sf_config_row *row, struct sf_text *rule)
{
	const struct type *type = type_of(row);

	(void)sf_text_add(rule, type->what);
	switch (type->bounds) {
	case BOUNDS_NONE:
		break;
	case BOUNDS_LENGTH:
		if (row->min > 1)
			(void)sf_text_addf(rule, ", %" PRIu64 " to", row->min);
		else
			(void)sf_text_add(rule, ", at most");
		(void)sf_text_addf(rule, " %" PRIu64 " characters", row->max);
		break;
	case BOUNDS_NUMBER:
		(void)sf_text_addf(rule, ", %" PRIu64 " to %" PRIu64, row->min, row->max);
		break;
	case BOUNDS_CHOICES:
		(void)sf_text_addf(rule, ": %s", row->choices);
		break;
	}
}

bool sf_config_value_is_repeatable(const struct sf_config_row *row)
{
	return type_of(row)->is_repeatable;
}
