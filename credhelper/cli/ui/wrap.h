/*
 * Sentences on a terminal of 80 columns: broken at spaces, all lines but the first indented.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#define SF_WRAP_COLUMNS 80

/*
 * Print head (its columns count, escape sequences do not: give none), then text; a further line
 * begins with `indent` spaces. A word longer than a line stands alone. Ends with a line end. UTF-8:
 * a character is a column.
 */
void sf_wrap_print(FILE *file, const char *head, size_t indent, const char *text);

/* The columns that a text without escape sequences takes. */
size_t sf_wrap_columns(const char *text);
