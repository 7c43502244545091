/*
 * Lists in the configuration: text -> words -> struct sf_list. For config_value.c only.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config.h"
#include "config_value.h"

#define SF_CONFIG_WORD_SIZE 2048 /* no word may be longer, whatever its spec says */

/*
 * May word become an item of a list that has the items before? It may be rewritten in place, in
 * SF_CONFIG_WORD_SIZE bytes.
 */
typedef bool sf_message_is_good_fn(
    const struct sf_value_spec *spec, const struct sf_list *before, char *word);

struct sf_message_ask {
	const char *separators;
	sf_message_is_good_fn *is_good;
};

/* Split value and set the list, or add to it: as sf_config_value_set. At least one word. */
SF_CHECKED enum sf_value sf_config_words_set(const struct sf_message_ask *ask,
    const struct sf_value_spec *spec, const char *value, bool adds, struct sf_list *list);
