/* Lists in the configuration: split text into the items of a list. For config_value.c only. */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "list.h"

#define SF_CONFIG_WORD_SIZE 2048 /* of one word with its NUL, whatever its bounds are */

enum sf_value { SF_VALUE_GOOD, SF_VALUE_REFUSED, SF_VALUE_FULL, SF_VALUE_NOMEM };

/* Defined in config_value.h. Passed to is_good, not read here. */
struct sf_value_spec;

/*
 * Whether a word may be added to a list with the items `before`. The function may rewrite the word
 * in place; it has SF_CONFIG_WORD_SIZE bytes.
 */
typedef bool sf_config_word_is_good_fn(
    const struct sf_value_spec *spec, const struct sf_list *before, char *word);

/* How one type of list splits its value, and which words it accepts. */
struct sf_config_words_params {
	const char *separators;
	sf_config_word_is_good_fn *is_good;
};

/*
 * Split a value and set the list, or add to it; results as of sf_config_value_set. REFUSED as well
 * if there is no word. The bound is SF_CONFIG_LIST_MAX items.
 */
SF_CHECKED enum sf_value sf_config_words_set(const struct sf_config_words_params *params,
    const struct sf_value_spec *spec, const char *value, bool adds, struct sf_list *list);
