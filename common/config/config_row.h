/*
 * The rows of config.def at work: text -> field, by type. Only config.c and config_parse.c
 * use it; all others use config.h.
 * fields is a struct sf_org or struct sf_pam, as the row's section says.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "config_fields.h"
#include "text.h"

#define SF_CONFIG_ROWS_MAX 64

enum sf_row_result { SF_ROW_SET, SF_ROW_REFUSED, SF_ROW_NOMEM };

/* The index of a row; false if there is no such key in that section. */
SF_CHECKED bool sf_config_row_find(const char *section, const char *key, size_t *ret_index);

/* May the key stand several times? */
bool sf_config_row_is_repeatable(size_t index);

/*
 * Parse value into the row's field. adds: to what an earlier line of the same key gave, instead
 * of replacing it. If refused, the field is as it was and rule says what is allowed: "KEY must
 * be ...".
 */
struct sf_row_params {
	size_t index;
	const char *value; /* not empty, no blanks around it */
	bool adds;         /* repeatable keys only */
};
SF_CHECKED enum sf_row_result sf_config_row_set(
    const struct sf_row_params *params, void *fields, struct sf_text *rule);

/* Give every field of zeroed fields its default. False: no memory; clear them all the same. */
SF_CHECKED bool sf_config_row_defaults(const char *section, void *fields);

/* Free what the fields own; texts are NULL and lists empty afterwards. */
void sf_config_row_clear(const char *section, void *fields);
