/* Breaks sentences between words. Prints nothing but what it is given, and knows no terminal. */
#include "wrap.h"

#include <string.h>

#include "banned.h"

#define PRINTED_SIZE 16384

size_t sf_wrap_columns(const char *text)
{
	return sf_text_columns(text, strlen(text));
}

static void add_line_start(struct sf_text *ret, size_t indent)
{
	sf_text_add_char(ret, '\n');
	for (size_t i = 0; i < indent; i++)
		sf_text_add_char(ret, ' ');
}

bool sf_wrap_add(const struct sf_wrap *wrap, struct sf_text *ret)
{
	const char *at = wrap->text;
	size_t column = sf_wrap_columns(wrap->head);
	bool is_line_start = true;

	sf_text_add(ret, wrap->head);
	while (*at != '\0') {
		const size_t len = strcspn(at, " \n"), columns = sf_text_columns(at, len);

		if (len > 0 && !is_line_start && column + 1 + columns > SF_WRAP_COLUMNS) {
			add_line_start(ret, wrap->indent);
			column = wrap->indent;
		} else if (len > 0 && !is_line_start) {
			sf_text_add_char(ret, ' ');
			column++;
		}
		if (len > 0)
			is_line_start = false;
		sf_text_add_bytes(ret, at, len);
		column += columns;
		at += len;
		if (at[0] == '\n' && at[1] == ' ') {
			const size_t line = 1 + strcspn(at + 1, "\n");

			sf_text_add_bytes(ret, at, line);
			at += line;
			/* The next word begins a line of its own. */
			column = SF_WRAP_COLUMNS;
			is_line_start = false;
		} else if (*at != '\0') {
			at++;
		}
	}
	sf_text_add_char(ret, '\n');
	return !ret->overflow;
}

void sf_wrap_print(FILE *file, const char *head, size_t indent, const char *text)
{
	const struct sf_wrap wrap = {.head = head, .indent = indent, .text = text};
	char lines[PRINTED_SIZE];
	struct sf_text wrapped = SF_TEXT(lines);

	if (sf_wrap_add(&wrap, &wrapped))
		(void)fputs(lines, file);
	else
		(void)fprintf(file, "%s%s\n", head, text);
}
