/* The rows of config.def at work: which key is which field, with what default and bounds. */
#include "config_row.h"

#include <stdint.h>
#include <string.h>

#include "config_value.h"
#include "err.h"

#include "banned.h"

/* Where the field of each row is: the names that config_fields.h makes of the keys. */
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

/*
 * All words of config.def, one after the other, and rows that say where each key begins, with its
 * default and its choices behind it: there are no pointers for the loader to relocate in sshd, and
 * the help texts are not mapped.
 */
static const struct {
#define SF_KEY(part, name, TYPE, text, low, high, words, help)                                     \
	char part##_##name[sizeof(#name)];                                                         \
	char part##_##name##_default[sizeof(text)];                                                \
	char part##_##name##_choices[sizeof(words)];
#include "config.def"
#undef SF_KEY
} words_of = {
#define SF_KEY(part, name, TYPE, text, low, high, words, help) #name, text, words,
#include "config.def"
#undef SF_KEY
};
#define WORD(member) offsetof(__typeof__(words_of), member)

enum section { SECTION_org, SECTION_pam };

static const struct row {
	uint8_t section, type;
	uint16_t key, field, min;
	uint32_t max;
} rows[] = {
#define SF_KEY(part, name, TYPE, text, low, high, words, help)                                     \
	{                                                                                          \
	    .section = SECTION_##part,                                                             \
	    .type = SF_VALUE_TYPE_##TYPE,                                                          \
	    .key = WORD(part##_##name),                                                            \
	    .field = offsetof(struct sf_##part, SF_NAME_##TYPE(name)),                             \
	    .min = low,                                                                            \
	    .max = high,                                                                           \
	},
#include "config.def"
#undef SF_KEY
};
_Static_assert(SF_COUNT(rows) <= SF_CONFIG_ROWS_MAX, "SF_CONFIG_ROWS_MAX");

static const char *key_of(size_t index)
{
	return (const char *)&words_of + rows[index].key;
}

static const char *behind(const char *word)
{
	return word + strlen(word) + 1;
}

static const char *default_of(size_t index)
{
	return behind(key_of(index));
}

static struct sf_value_spec spec_of(size_t index)
{
	return (struct sf_value_spec){
	    .type = rows[index].type,
	    .min = rows[index].min,
	    .max = rows[index].max,
	    .choices = behind(default_of(index)),
	};
}

static bool is_in(size_t index, const char *section)
{
	return strcmp(section, rows[index].section == SECTION_pam ? "pam" : "org") == 0;
}

static void *field_of(size_t index, void *fields)
{
	return (char *)fields + rows[index].field;
}

bool sf_config_row_find(const char *section, const char *key, size_t *ret_index)
{
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (is_in(i, section) && strcmp(key_of(i), key) == 0) {
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
    const struct sf_row_ask *ask, void *fields, struct sf_text *rule)
{
	const struct sf_value_spec spec = spec_of(ask->index);
	const char *key = key_of(ask->index);

	switch (sf_config_value_set(&spec, ask->value, ask->adds, field_of(ask->index, fields))) {
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

static bool set_default(size_t index, void *fields)
{
	const struct sf_value_spec spec = spec_of(index);
	const char *text = default_of(index);
	char unused[SF_ERROR_DETAIL_SIZE];
	struct sf_text rule = SF_TEXT(unused);
	const struct sf_row_ask ask = {.index = index, .value = text};

	if (!sf_config_value_init(&spec, field_of(index, fields)))
		return false;
	/* The same parser as for the file: a default cannot be what the file may not say. */
	return text[0] == '\0' || sf_config_row_set(&ask, fields, &rule) == SF_ROW_SET;
}

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
