/*
 * The types of config.def: what text is allowed, what it becomes, how that is freed.
 * For config_row.c only.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config.h"
#include "text.h"

enum sf_value { SF_VALUE_GOOD, SF_VALUE_REFUSED, SF_VALUE_FULL, SF_VALUE_NOMEM };

/*
 * Parse value (not empty) into the field of row's type. adds: to the items that a list already
 * has. Unless the result is GOOD, or memory ends while adding, the field is as it was.
 */
SF_CHECKED enum sf_value sf_config_value_set(
    const struct sf_config_row *row, const char *value, bool adds, void *field);

/* "" for a text, no items for a list; zeroed fields of other types need nothing. */
SF_CHECKED bool sf_config_value_init(const struct sf_config_row *row, void *field);

/* Free what the field owns. */
void sf_config_value_clear(const struct sf_config_row *row, void *field);

/* What is allowed, to be read after "KEY must be ". */
void sf_config_value_rule(const struct sf_config_row *row, struct sf_text *rule);

/* May a key of this type stand several times? */
bool sf_config_value_is_repeatable(const struct sf_config_row *row);
