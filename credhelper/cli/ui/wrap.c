/* Breaks sentences between words. Asks a terminal only for its width. */
#include "wrap.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "banned.h"

#define PRINTED_SIZE  16384
#define COLUMNS_LEAST 24 /* narrower, and lines are left to the terminal */

size_t sf_wrap_columns(const char *text)
{
	return sf_text_columns(text, strlen(text));
}

size_t sf_wrap_width(int fd)
{
	struct winsize size = {0};

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col < COLUMNS_LEAST ||
	    size.ws_col > SF_WRAP_COLUMNS)
		return SF_WRAP_COLUMNS;
	return size.ws_col;
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
	const size_t width = wrap->columns > 0 ? wrap->columns : SF_WRAP_COLUMNS;
	size_t column = sf_wrap_columns(wrap->head);
	bool is_line_start = true;

	sf_text_add(ret, wrap->head);
	while (*at != '\0') {
		const size_t len = strcspn(at, " \n"), columns = sf_text_columns(at, len);

		if (len > 0 && !is_line_start && column + 1 + columns > width) {
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
			column = width;
			is_line_start = false;
		} else if (*at != '\0') {
			at++;
		}
	}
	sf_text_add_char(ret, '\n');
	return !ret->overflow;
}

/* One line of sf_wrap_narrow(), len bytes. */
static void add_narrow(const char *line, size_t len, size_t columns, struct sf_text *ret)
{
	const size_t indent = strspn(line, " ") < len ? strspn(line, " ") : 0;
	size_t column = indent;

	for (size_t at = indent; at < len;) {
		const size_t word = strcspn(line + at, " \n");
		const size_t blanks = strspn(line + at + word, " ");
		const size_t needed = sf_text_columns(line + at, word);

		if (at == indent) {
			sf_text_add_bytes(ret, line, indent);
		} else if (column + needed > columns) {
			add_line_start(ret, indent);
			column = indent;
		}
		/* Blanks behind the last word of a line are not seen. */
		sf_text_add_bytes(ret, line + at, word + blanks);
		column += needed + blanks;
		at += word + blanks;
	}
}

bool sf_wrap_narrow(const char *text, size_t columns, struct sf_text *ret)
{
	while (*text != '\0') {
		const size_t len = strcspn(text, "\n");
		const char *first = text + strspn(text, " ");

		if (sf_text_columns(text, len) <= columns || sf_text_starts(first, "sfoauth "))
			sf_text_add_bytes(ret, text, len);
		else
			add_narrow(text, len, columns, ret);
		if (text[len] == '\n')
			sf_text_add_char(ret, '\n');
		text += len + (text[len] == '\n');
	}
	return !ret->overflow;
}

void sf_wrap_print(FILE *file, const char *head, size_t indent, const char *text)
{
	const struct sf_wrap wrap = {
	    .head = head, .indent = indent, .text = text, .columns = sf_wrap_width(fileno(file))};
	char lines[PRINTED_SIZE];
	struct sf_text wrapped = SF_TEXT(lines);

	if (sf_wrap_add(&wrap, &wrapped))
		(void)fputs(lines, file);
	else
		(void)fprintf(file, "%s%s\n", head, text);
}
