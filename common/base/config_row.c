#include "config_row.h"

#include <string.h>

#include "config_value.h"

#include "banned.h"

static const struct sf_config_row rows[] = {
#define SF_KEY(section, key, TYPE, default_text, min, max, choices, help)                          \
	{#section, #key, #TYPE, default_text, choices, help, min, max},
#include "config.def"
#undef SF_KEY
};
_Static_assert(SF_COUNT(rows) <= SF_CONFIG_ROWS_MAX, "SF_CONFIG_ROWS_MAX");

/* Where the field of each row is: the names that config.h makes of the keys. */
#define SF_NAME_TEXT(key)     key
#define SF_NAME_URL(key)      key
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
static const size_t offsets[] = {
#define SF_KEY(section, key, TYPE, ...) offsetof(struct sf_##section, SF_NAME_##TYPE(key)),
#include "config.def"
#undef SF_KEY
};

const struct sf_config_row *sf_config_rows(size_t *ret_count)
{
	*ret_count = SF_COUNT(rows);
	return rows;
}

static void *field_of(size_t index, void *fields)
{
	return (char *)fields + offsets[index];
}

bool sf_config_row_find(const char *section, const char *key, size_t *ret_index)
{
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (strcmp(rows[i].section, section) == 0 && strcmp(rows[i].key, key) == 0) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

bool sf_config_row_is_repeatable(size_t index)
{
	return sf_config_value_is_repeatable(&rows[index]);
}

enum sf_row_result sf_config_row_set(
    const struct sf_row_ask *ask, void *fields, struct sf_text *rule)
{
	const struct sf_config_row *row = &rows[ask->index];

	switch (sf_config_value_set(row, ask->value, ask->adds, field_of(ask->index, fields))) {
	case SF_VALUE_GOOD:
		return SF_ROW_SET;
	case SF_VALUE_NOMEM:
		return SF_ROW_NOMEM;
	case SF_VALUE_FULL:
		(void)sf_text_addf(
		    rule, "%s may have at most %d items", row->key, SF_CONFIG_LIST_MAX);
		return SF_ROW_REFUSED;
	case SF_VALUE_REFUSED:
		break;
	}
	(void)sf_text_addf(rule, "%s must be ", row->key);
	sf_config_value_rule(row, rule);
	return SF_ROW_REFUSED;
}

static bool set_default(size_t index, void *fields)
{
	char unused[SF_ERROR_DETAIL_SIZE];
	struct sf_text rule = SF_TEXT(unused);
	const struct sf_row_ask ask = {.index = index, .value = rows[index].default_text};

	if (!sf_config_value_init(&rows[index], field_of(index, fields)))
		return false;
	/* The same parser as for the file: a default cannot be what the file may not say. */
	return rows[index].default_text[0] == '\0' ||
	       sf_config_row_set(&ask, fields, &rule) == SF_ROW_SET;
}

bool sf_config_row_defaults(const char *section, void *fields)
{
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (strcmp(rows[i].section, section) == 0 && !set_default(i, fields))
			return false;
	}
	return true;
}

void sf_config_row_clear(const char *section, void *fields)
{
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (strcmp(rows[i].section, section) == 0)
			sf_config_value_clear(&rows[i], field_of(i, fields));
	}
}
