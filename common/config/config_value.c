/*
 * The types of config.def: one setter for each type. A setter accepts the value or leaves the field
 * unchanged. No file is opened and no host is resolved here.
 */
#include "config_value.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config_link.h"
#include "config_words.h"
#include "origin.h"
#include "sfid.h"

#include "banned.h"

/* Put a copy of the value into the field, which owns it. The old text is freed. */
static enum sf_value replace_text(char **field, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return SF_VALUE_NOMEM;
	free(*field);
	*field = copy;
	return SF_VALUE_GOOD;
}

/* Whether the value is printable ASCII of min to max bytes. */
static bool fits(const struct sf_value_spec *spec, const char *value)
{
	size_t len = strlen(value);

	return len >= spec->min && len <= spec->max && sf_text_is_printable(value);
}

/* The setters, one for each type: see sf_config_value_set. */
static enum sf_value set_text(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	(void)adds;
	return fits(spec, value) ? replace_text(field, value) : SF_VALUE_REFUSED;
}

/* Write the canonical base URL: no final slash, and no port if it is 443. False: invalid. */
static bool canonical_url(const struct sf_value_spec *spec, const char *value, struct sf_text *ret)
{
	struct sf_origin origin;
	struct sf_error unused;

	if (!fits(spec, value) || sf_origin_parse(value, &origin, &unused) != SF_OK)
		return false;
	if (origin.port == 443)
		return sf_text_addf(ret, "https://%s", origin.host);
	return sf_text_addf(ret, "https://%s:%u", origin.host, (unsigned)origin.port);
}

static enum sf_value set_url(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	char url[SF_ORIGIN_SIZE];
	struct sf_text text = SF_TEXT(url);

	(void)adds;
	return canonical_url(spec, value, &text) ? replace_text(field, url) : SF_VALUE_REFUSED;
}

static bool is_link_word(const struct sf_value_spec *spec, const struct sf_list *before, char *word)
{
	const struct sf_link_params link = {.text = word, .may_be_local = true};

	return fits(spec, word) && sf_config_link_is_good(&link) && !sf_list_has(before, word);
}

static enum sf_value set_link(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	return sf_config_link_is_good(&(struct sf_link_params){.text = value})
		   ? set_text(spec, value, adds, field)
		   : SF_VALUE_REFUSED;
}

static enum sf_value set_sfid(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	char id[SF_SFID_SIZE];

	(void)adds;
	return fits(spec, value) && sf_sfid_parse(value, "00D", id) ? replace_text(field, id)
								    : SF_VALUE_REFUSED;
}

/* Two to four digits without a leading zero, a dot, one digit. */
static enum sf_value set_version(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	size_t whole = strspn(value, SF_TEXT_DIGITS);

	(void)adds;
	if (!fits(spec, value) || whole + 2 != strlen(value) || value[0] == '0' ||
	    value[whole] != '.' || value[whole + 1] < '0' || value[whole + 1] > '9')
		return SF_VALUE_REFUSED;
	return replace_text(field, value);
}

static enum sf_value set_path(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	return value[0] == '/' ? set_text(spec, value, adds, field) : SF_VALUE_REFUSED;
}

/*
 * The port is required: the default of curl is 1080, which nobody expects. A final slash, as
 * variables for proxies have it, is left out.
 */
static enum sf_value set_proxy(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	static const char scheme[] = "http://";
	char proxy[SF_URL_MAX];
	const char *host = proxy + sizeof(scheme) - 1;
	size_t len = strlen(value), host_len;
	uint32_t port;

	if (!fits(spec, value) || !sf_text_copy(proxy, sizeof(proxy), value) ||
	    !sf_text_starts(proxy, scheme))
		return SF_VALUE_REFUSED;
	if (proxy[len - 1] == '/')
		proxy[len - 1] = '\0';
	host_len = strspn(host, SF_TEXT_HOST);
	if (host_len == 0 || host[0] == '.' || host[0] == '-' || host[host_len] != ':' ||
	    host[host_len + 1] == '0' || !sf_text_u32(host + host_len + 1, 1, 65535, &port))
		return SF_VALUE_REFUSED;
	return set_text(spec, proxy, adds, field);
}

static enum sf_value set_template(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	static const char user[] = "{user}";
	const char *at = strstr(value, user);

	/* No other brace: {usr} must not become part of a username. */
	if (!at || strchr(value, '{') != at ||
	    at[sizeof(user) - 1 + strcspn(at + sizeof(user) - 1, "{}")] != '\0' ||
	    strchr(value, '}') != at + 5 || strchr(value, ' '))
		return SF_VALUE_REFUSED;
	return set_text(spec, value, adds, field);
}

/*
 * Words of a list. A comma does not separate words and is part of no name; if it were accepted,
 * `deny_users = ada, kim` would not deny ada.
 */
static bool is_word(const struct sf_value_spec *spec, const struct sf_list *before, char *word)
{
	(void)spec;
	(void)before;
	return sf_text_is_printable(word) && !strchr(word, ',');
}

static bool is_bounded_word(
    const struct sf_value_spec *spec, const struct sf_list *before, char *word)
{
	return fits(spec, word) && is_word(spec, before, word);
}

static bool is_url_word(const struct sf_value_spec *spec, const struct sf_list *before, char *word)
{
	char url[SF_ORIGIN_SIZE];
	struct sf_text text = SF_TEXT(url);

	(void)before;
	return canonical_url(spec, word, &text) && sf_text_copy(word, SF_CONFIG_WORD_SIZE, url);
}

/* Find the index of a word in choices, which are separated by spaces. False: it is not there. */
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
    const struct sf_value_spec *spec, const struct sf_list *before, char *word)
{
	unsigned unused;

	return find_choice(spec->choices, word, &unused) && !sf_list_has(before, word);
}

/* WORDS: the bounds apply to the whole text, not to each word. */
static enum sf_value set_one_list(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	const struct sf_config_words_params words = {.separators = " ", .is_good = is_word};

	return fits(spec, value) ? sf_config_words_set(&words, spec, value, adds, field)
				 : SF_VALUE_REFUSED;
}

static enum sf_value set_list(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	const struct sf_config_words_params words = {.separators = " ", .is_good = is_bounded_word};

	return sf_config_words_set(&words, spec, value, adds, field);
}

static enum sf_value set_urls(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	const struct sf_config_words_params words = {.separators = " ", .is_good = is_url_word};

	return sf_config_words_set(&words, spec, value, adds, field);
}

static enum sf_value set_links(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	const struct sf_config_words_params words = {.separators = " ", .is_good = is_link_word};

	return sf_config_words_set(&words, spec, value, adds, field);
}

static enum sf_value set_choices(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	const struct sf_config_words_params words = {.separators = " ,", .is_good = is_choice_word};

	return sf_config_words_set(&words, spec, value, adds, field);
}

static enum sf_value set_choice(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	unsigned index;

	(void)adds;
	if (!find_choice(spec->choices, value, &index))
		return SF_VALUE_REFUSED;
	*(unsigned *)field = index;
	return SF_VALUE_GOOD;
}

static enum sf_value set_secs(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	(void)adds;
	return sf_text_duration(value, spec->min, spec->max, field) ? SF_VALUE_GOOD
								    : SF_VALUE_REFUSED;
}

static enum sf_value set_number(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	(void)adds;
	return sf_text_u32(value, spec->min, spec->max, field) ? SF_VALUE_GOOD : SF_VALUE_REFUSED;
}

static enum sf_value set_bool(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	bool is_yes = strcmp(value, "yes") == 0;

	(void)spec;
	(void)adds;
	if (!is_yes && strcmp(value, "no") != 0)
		return SF_VALUE_REFUSED;
	*(bool *)field = is_yes;
	return SF_VALUE_GOOD;
}

/* Parse one part of a rate: `N/min` or `N/min per source`, len bytes, each at most once. */
static bool parse_rate_part(const struct sf_value_spec *spec, const char *part, size_t len,
    struct sf_rate *rate, bool seen[2])
{
	static const char per_min[] = "/min", per_source[] = "/min per source";
	size_t digits = strspn(part, SF_TEXT_DIGITS);
	bool is_source =
	    len == digits + sizeof(per_source) - 1 && sf_text_starts(part + digits, per_source);
	bool is_host =
	    len == digits + sizeof(per_min) - 1 && sf_text_starts(part + digits, per_min);
	char number[8];

	if ((!is_source && !is_host) || digits >= sizeof(number) || seen[is_source])
		return false;
	seen[is_source] = true;
	memcpy(number, part, digits);
	number[digits] = '\0';
	return sf_text_u32(
	    number, spec->min, spec->max, is_source ? &rate->source_per_min : &rate->per_min);
}

static enum sf_value set_rate(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	struct sf_rate rate = *(struct sf_rate *)field;
	bool seen[2] = {false, false};

	(void)adds;
	/* Ends after two parts at most: parse_rate_part refuses a repeated one. */
	while (true) {
		size_t len = strcspn(value, ",");

		if (!parse_rate_part(spec, value, len, &rate, seen))
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
enum listing { SINGLE, LISTED };

static const struct {
	enum sf_value (*set)(
	    const struct sf_value_spec *spec, const char *value, bool adds, void *field);
	enum holds holds;
	enum bounds bounds;
	enum listing listing;
	const char *what;
} types[] = {
#define X(type, setter, holds, listing, bounds, what)                                              \
	[SF_VALUE_TYPE_##type] = {setter, HOLDS_##holds, BOUNDS_##bounds, listing, what},
    SF_VALUE_TYPES(X)
#undef X
};

enum sf_value sf_config_value_set(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field)
{
	return types[spec->type].set(spec, value, adds, field);
}

bool sf_config_value_init(const struct sf_value_spec *spec, void *field)
{
	return types[spec->type].holds != HOLDS_TEXT || replace_text(field, "") == SF_VALUE_GOOD;
}

void sf_config_value_clear(const struct sf_value_spec *spec, void *field)
{
	switch (types[spec->type].holds) {
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

void sf_config_value_rule(const struct sf_value_spec *spec, struct sf_text *rule)
{
	(void)sf_text_add(rule, types[spec->type].what);
	switch (types[spec->type].bounds) {
	case BOUNDS_NONE:
		break;
	case BOUNDS_LENGTH:
		if (spec->min > 1)
			(void)sf_text_addf(rule, ", %" PRIu32 " to", spec->min);
		else
			(void)sf_text_add(rule, ", at most");
		(void)sf_text_addf(rule, " %" PRIu32 " characters", spec->max);
		break;
	case BOUNDS_NUMBER:
		(void)sf_text_addf(rule, ", %" PRIu32 " to %" PRIu32, spec->min, spec->max);
		break;
	case BOUNDS_CHOICES:
		/* SF_FLOWS_CHOICES_PAM ends with a blank. */
		(void)sf_text_addf(rule, ": %.*s",
		    (int)(strlen(spec->choices) - sf_text_ends(spec->choices, " ")), spec->choices);
		break;
	}
}

bool sf_config_value_is_repeatable(const struct sf_value_spec *spec)
{
	return types[spec->type].listing == LISTED;
}
