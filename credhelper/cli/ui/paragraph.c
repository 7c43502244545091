/*
 * Wraps prose into a caller's text, for messages and help. wrap.c prints a labelled list instead.
 */
#include "paragraph.h"

#include <stddef.h>
#include <string.h>

#include "banned.h"

static void add_line_start(struct sf_text *ret, size_t indent)
{
	sf_text_add_char(ret, '\n');
	for (size_t i = 0; i < indent; i++)
		sf_text_add_char(ret, ' ');
}

bool sf_paragraph_wrap(const struct sf_paragraph *paragraph, struct sf_text *ret)
{
	const size_t indent = sf_text_columns(paragraph->lead, strlen(paragraph->lead));
	size_t column = indent;
	const char *at = paragraph->text;

	sf_text_add(ret, paragraph->lead);
	while (*at != '\0') {
		const size_t len = strcspn(at, " \n"), columns = sf_text_columns(at, len);

		if (len > 0 && column > indent && column + 1 + columns > SF_PARAGRAPH_COLUMNS) {
			add_line_start(ret, indent);
			column = indent;
		} else if (len > 0 && column > indent) {
			sf_text_add_char(ret, ' ');
			column++;
		}
		sf_text_add_bytes(ret, at, len);
		column += columns;
		at += len;
		if (at[0] == '\n' && at[1] == ' ') {
			const size_t line = 1 + strcspn(at + 1, "\n");

			sf_text_add_bytes(ret, at, line);
			at += line;
			column = SF_PARAGRAPH_COLUMNS;
		} else if (*at != '\0') {
			at++;
		}
	}
	sf_text_add_char(ret, '\n');
	return !ret->overflow;
}
