/*
 * Sentences for a terminal of 80 columns: lines are broken between words, and further lines are
 * indented. A character of UTF-8 counts as one column.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "attr.h"
#include "text.h"

#define SF_WRAP_COLUMNS 80

struct sf_wrap {
	const char
	    *head;     /* before the first line; its columns count, so it has no escape sequences */
	size_t indent; /* columns before each further line */
	const char *text; /* a line in it that begins with a blank stays as it is */
	size_t columns;   /* of a line; 0: SF_WRAP_COLUMNS */
};

/* The columns of a line on fd: SF_WRAP_COLUMNS, or fewer on a terminal that is narrower. */
size_t sf_wrap_width(int fd);

/*
 * Append text with each line that is longer than columns broken between words; the rest gets the
 * line's own indentation. A line with a command to copy ("sfoauth ...") stays whole. False: it does
 * not fit into ret.
 */
SF_CHECKED bool sf_wrap_narrow(const char *text, size_t columns, struct sf_text *ret);

/*
 * Add head, text and a line end to ret. No line has more columns than wrap says, but a word
 * that alone is longer gets a line of its own. False: it does not fit into ret.
 */
SF_CHECKED bool sf_wrap_add(const struct sf_wrap *wrap, struct sf_text *ret);

/* The same to file; a text that is too long for one buffer (16 KiB) is printed without breaks. */
void sf_wrap_print(FILE *file, const char *head, size_t indent, const char *text);

/* The columns that a text without escape sequences takes. */
size_t sf_wrap_columns(const char *text);
