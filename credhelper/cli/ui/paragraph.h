/*
 * Prose for a terminal: lines that end between words.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "text.h"

#define SF_PARAGRAPH_COLUMNS 80

struct sf_paragraph {
	const char *lead; /* before the first line; the others are as far from the edge */
	const char *text; /* lines of its own that begin with a blank stay as they are */
};

/*
 * Add the paragraph, and a newline, to ret: no line has more than SF_PARAGRAPH_COLUMNS characters,
 * but a word that alone is longer keeps a line to itself. False: does not fit ret.
 */
SF_CHECKED bool sf_paragraph_wrap(const struct sf_paragraph *paragraph, struct sf_text *ret);
