/* The rows of config.def: the field of each key, with its default and bounds. */
#include "config_row.h"

#include <stdint.h>
#include <string.h>

#include "config_value.h"
#include "err.h"

#include "banned.h"

/* The name of the field that config_fields.h makes of a key, by type. */
#define SF_NAME_TEXT(key)     key
#define SF_NAME_URL(key)      key
#define SF_NAME_LINK(key)     key
#define SF_NAME_LINKS(key)    key
#define SF_NAME_SFID(key)     key
#define SF_NAME_VERSION(key)  key
#define SF_NAME_PATH(key)     key
#define SF_NAME_PROXY(key)    key
#define SF_NAME_TEMPLATE(key) key
#define SF_NAME_WORDS(key)    key
#define SF_NAME_URLS(key)     key
#define SF_NAME_LIST(key)     key
#define SF_NAME_CHOICES(key)  key
#define SF_NAME_CHOICE(key)   key
#define SF_NAME_SECS(key)     key##_s
#define SF_NAME_NUMBER(key)   key
#define SF_NAME_BOOL(key)     is_##key
#define SF_NAME_RATE(key)     key

enum section { SECTION_org, SECTION_pam };

static const struct row {
	const char *key, *default_text, *choices;
	uint32_t min, max;
	uint32_t field;  /* offset in the struct of the section */
	uint8_t section; /* enum section */
	uint8_t type;    /* enum sf_value_type */
} rows[] = {
#define SF_KEY(part, name, TYPE, text, low, high, words, help)                                     \
	{                                                                                          \
	    .section = SECTION_##part,                                                             \
	    .key = #name,                                                                          \
	    .default_text = text,                                                                  \
	    .choices = words,                                                                      \
	    .type = SF_VALUE_TYPE_##TYPE,                                                          \
	    .min = low,                                                                            \
	    .max = high,                                                                           \
	    .field = offsetof(struct sf_##part, SF_NAME_##TYPE(name)),                             \
	},
#include "config.def"
#undef SF_KEY
};
_Static_assert(SF_COUNT(rows) <= SF_CONFIG_ROWS_MAX, "SF_CONFIG_ROWS_MAX");

/* The columns of a row that config_value.c needs: it does not know rows or keys. */
static struct sf_value_spec spec_of(size_t index)
{
	return (struct sf_value_spec){
	    .type = rows[index].type,
	    .min = rows[index].min,
	    .max = rows[index].max,
	    .choices = rows[index].choices,
	};
}

/* Whether the row belongs to the section "org" or "pam". */
static bool is_in(size_t index, const char *section)
{
	return strcmp(section, rows[index].section == SECTION_pam ? "pam" : "org") == 0;
}

/* The field of a row in a struct of its section. Its type is known from the row only. */
static void *field_of(size_t index, void *fields)
{
	return (char *)fields + rows[index].field;
}

bool sf_config_row_find(const char *section, const char *key, size_t *ret_index)
{
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (is_in(i, section) && strcmp(rows[i].key, key) == 0) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

bool sf_config_row_is_repeatable(size_t index)
{
	const struct sf_value_spec spec = spec_of(index);

	return sf_config_value_is_repeatable(&spec);
}

enum sf_row_result sf_config_row_set(
    const struct sf_row_params *params, void *fields, struct sf_text *rule)
{
	const struct sf_value_spec spec = spec_of(params->index);
	const char *key = rows[params->index].key;

	switch (sf_config_value_set(
	    &spec, params->value, params->adds, field_of(params->index, fields))) {
	case SF_VALUE_GOOD:
		return SF_ROW_SET;
	case SF_VALUE_NOMEM:
		return SF_ROW_NOMEM;
	case SF_VALUE_FULL:
		(void)sf_text_addf(rule, "%s may have at most %d items", key, SF_CONFIG_LIST_MAX);
		return SF_ROW_REFUSED;
	case SF_VALUE_REFUSED:
		break;
	}
	(void)sf_text_addf(rule, "%s must be ", key);
	sf_config_value_rule(&spec, rule);
	return SF_ROW_REFUSED;
}

/* Set the default of a row; "" leaves the field as its type begins. False: no memory. */
static bool set_default(size_t index, void *fields)
{
	const struct sf_value_spec spec = spec_of(index);
	const char *text = rows[index].default_text;
	char unused[SF_ERROR_DETAIL_SIZE];
	struct sf_text rule = SF_TEXT(unused);
	const struct sf_row_params params = {.index = index, .value = text};

	if (!sf_config_value_init(&spec, field_of(index, fields)))
		return false;
	/* By the parser of the file, so that no default breaks a rule of its type. */
	return text[0] == '\0' || sf_config_row_set(&params, fields, &rule) == SF_ROW_SET;
}

/* A field without a default begins empty, so that every field is set. */
bool sf_config_row_defaults(const char *section, void *fields)
{
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (is_in(i, section) && !set_default(i, fields))
			return false;
	}
	return true;
}

void sf_config_row_clear(const char *section, void *fields)
{
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct sf_value_spec spec = spec_of(i);

		if (is_in(i, section))
			sf_config_value_clear(&spec, field_of(i, fields));
	}
}
