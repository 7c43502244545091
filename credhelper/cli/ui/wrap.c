/*
 * Prints text at most 80 columns wide, with an indent after the first line. Escape sequences are
 * not recognized: they would count as columns.
 */
#include "wrap.h"

#include <stdbool.h>
#include <string.h>

#include "text.h"

#include "banned.h"

size_t sf_wrap_columns(const char *text)
{
	return sf_text_columns(text, strlen(text));
}

void sf_wrap_print(FILE *file, const char *head, size_t indent, const char *text)
{
	size_t at = sf_wrap_columns(head);
	bool is_first = true;

	(void)fputs(head, file);
	while (*text != '\0') {
		const size_t len = strcspn(text, " ");
		const size_t width = sf_text_columns(text, len);

		if (!is_first && at + 1 + width > SF_WRAP_COLUMNS) {
			(void)fprintf(file, "\n%*s", (int)indent, "");
			at = indent;
			is_first = true;
		}
		(void)fprintf(file, "%s%.*s", is_first ? "" : " ", (int)len, text);
		at += width + (is_first ? 0 : 1);
		is_first = false;
		text += len;
		text += strspn(text, " ");
	}
	(void)fputc('\n', file);
}
