/*
 * The rows of config.def: set the field of a key from text. For config.c and config_parse.c only;
 * all others use config.h. `fields` is a struct sf_org or struct sf_pam, by the row's section.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "config_fields.h"
#include "text.h"

#define SF_CONFIG_ROWS_MAX 64

enum sf_row_result { SF_ROW_SET, SF_ROW_REFUSED, SF_ROW_NOMEM };

/* Find the index of a key's row. False: the section has no such key. */
SF_CHECKED bool sf_config_row_find(const char *section, const char *key, size_t *ret_index);

/* Whether the key may be there several times in one section. */
bool sf_config_row_is_repeatable(size_t index);

/*
 * Parse a value into the field of its row. If it is REFUSED, the field is unchanged, and the text
 * `rule` gets what is allowed: "KEY must be ...".
 */
struct sf_row_params {
	size_t index;
	const char *value; /* not empty, no blanks around it */
	bool adds;         /* add to the items of earlier lines; repeatable keys only */
};
SF_CHECKED enum sf_row_result sf_config_row_set(
    const struct sf_row_params *params, void *fields, struct sf_text *rule);

/* Set all zeroed fields to their defaults. False: no memory; clear the fields nevertheless. */
SF_CHECKED bool sf_config_row_defaults(const char *section, void *fields);

/* Free what the fields own. Afterwards texts are NULL and lists are empty. */
void sf_config_row_clear(const char *section, void *fields);
