/*
 * The types of config.def: which texts are allowed, how they are stored and freed. For config_row.c
 * only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "config_fields.h"
#include "config_words.h"
#include "text.h"

/*
 * The values of the column TYPE of config.def:
 *   X(TYPE, setter, what the field holds, whether it is repeatable, meaning of min and max, rule)
 * rule follows "KEY must be " in messages.
 */
#define SF_VALUE_TYPES(X)                                                                          \
	X(TEXT, set_text, TEXT, SINGLE, LENGTH, "printable ASCII")                                 \
	X(URL, set_url, TEXT, SINGLE, LENGTH, "https://HOST[:PORT] and no more")                   \
	X(LINK, set_link, TEXT, SINGLE, LENGTH, "an https address without a fragment")             \
	X(LINKS, set_links, LIST, LISTED, LENGTH,                                                  \
	    "https addresses, or http://localhost[:PORT]/PATH, each")                              \
	X(SFID, set_sfid, TEXT, SINGLE, LENGTH, "an organization id, 00D and so on")               \
	X(VERSION, set_version, TEXT, SINGLE, NONE, "a version such as 60.0")                      \
	X(PATH, set_path, TEXT, SINGLE, LENGTH, "an absolute path")                                \
	X(PROXY, set_proxy, TEXT, SINGLE, LENGTH, "http://HOST:PORT without user and password")    \
	X(TEMPLATE, set_template, TEXT, SINGLE, LENGTH, "ASCII with {user} in it once")            \
	X(WORDS, set_one_list, LIST, SINGLE, LENGTH,                                               \
	    "words with spaces and no commas between them")                                        \
	X(LIST, set_list, LIST, LISTED, LENGTH,                                                    \
	    "words with spaces and no commas between them, each")                                  \
	X(URLS, set_urls, LIST, LISTED, LENGTH, "https://HOST[:PORT] and no more")                 \
	X(CHOICE, set_choice, NUMBER, SINGLE, CHOICES, "one of")                                   \
	X(CHOICES, set_choices, LIST, SINGLE, CHOICES, "some of")                                  \
	X(SECS, set_secs, NUMBER, SINGLE, NUMBER, "a time such as 90, 90s, 5m or 24h, in seconds") \
	X(NUMBER, set_number, NUMBER, SINGLE, NUMBER, "a number")                                  \
	X(BOOL, set_bool, NUMBER, SINGLE, NONE, "yes or no")                                       \
	X(RATE, set_rate, NUMBER, SINGLE, NUMBER, "N/min, M/min per source, or one of them, each")

enum sf_value_type {
#define X(type, ...) SF_VALUE_TYPE_##type,
	SF_VALUE_TYPES(X)
#undef X
};

/* The columns of config.def that describe a value. */
struct sf_value_spec {
	enum sf_value_type type;
	uint32_t min, max;
	const char *choices;
};

/*
 * Parse a value (not empty) into a field of spec's type. adds: add to the items of a list instead
 * of replacing them. Returns GOOD; REFUSED; FULL, if a list would exceed SF_CONFIG_LIST_MAX; or
 * NOMEM. The field changes only with GOOD, except that NOMEM may leave some of the items added.
 */
SF_CHECKED enum sf_value sf_config_value_set(
    const struct sf_value_spec *spec, const char *value, bool adds, void *field);

/* Initialise a zeroed field: a text becomes "", everything else stays zero. False: no memory. */
SF_CHECKED bool sf_config_value_init(const struct sf_value_spec *spec, void *field);

/* Free what the field owns. It can be initialised again afterwards. */
void sf_config_value_clear(const struct sf_value_spec *spec, void *field);

/* Append to `rule` what is allowed; it follows "KEY must be ". */
void sf_config_value_rule(const struct sf_value_spec *spec, struct sf_text *rule);

/* Whether a key of this type may be there several times. */
bool sf_config_value_is_repeatable(const struct sf_value_spec *spec);
