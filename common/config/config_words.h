/*
 * Lists in the configuration: text -> words -> struct sf_list. For config_value.c only.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "list.h"

#define SF_CONFIG_WORD_SIZE 2048 /* no word may be longer, whatever its spec says */

enum sf_value { SF_VALUE_GOOD, SF_VALUE_REFUSED, SF_VALUE_FULL, SF_VALUE_NOMEM };

/* Of config_value.h: handed on to is_good, not read here. */
struct sf_value_spec;

/*
 * May word become an item of a list that has the items before? It may be rewritten in place, in
 * SF_CONFIG_WORD_SIZE bytes.
 */
typedef bool sf_config_word_is_good_fn(
    const struct sf_value_spec *spec, const struct sf_list *before, char *word);

struct sf_config_words_params {
	const char *separators;
	sf_config_word_is_good_fn *is_good;
};

/* Split value and set the list, or add to it: as sf_config_value_set. At least one word. */
SF_CHECKED enum sf_value sf_config_words_set(const struct sf_config_words_params *params,
    const struct sf_value_spec *spec, const char *value, bool adds, struct sf_list *list);
