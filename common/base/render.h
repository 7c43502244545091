/* Sentences for people: a row of a table of words, in which arguments stand in braces. */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "text.h"

struct sf_arg {
	const char *name;  /* without braces */
	const char *value; /* escaped while rendering unless it is clean (sf_text_is_clean) */
};

/* Arguments in any order: SF_WITH({"host", host}, {"ref", ref}). */
#define SF_WITH(...) ((const struct sf_arg[]){__VA_ARGS__, {NULL, NULL}})

/*
 * Append the row to text, with the value of each argument in its place: "{host} is gone", and
 * "{count|address|addresses}", which is the second word if count is 1, else the third.
 * args ends with a name of NULL; NULL: there are none. False, and text is unchanged: it does not
 * fit, an argument is missing, or the braces are malformed. A person never sees half a sentence.
 */
SF_CHECKED bool sf_render(struct sf_text *text, const char *row, const struct sf_arg *args);
