/* Puts arguments into the rows of the tables of words. The texts themselves are in the tables. */
#include "render.h"

#include <string.h>

#include "banned.h"

static const char *find(const struct sf_arg *args, const char *name, size_t len)
{
	for (; args && args->name; args++)
		if (strlen(args->name) == len && memcmp(args->name, name, len) == 0)
			return args->value;
	return NULL;
}

/* Append a value, which may come from outside: clean text unchanged, any other escaped. */
static bool add_value(struct sf_text *text, const char *value)
{
	size_t len = strlen(value);

	if (sf_text_is_clean(value, len))
		return sf_text_add_bytes(text, value, len);
	while (len > 0 && !text->overflow) {
		char escaped[4 * 64 + 1]; /* a byte takes up to four */
		const size_t taken = sf_text_cut(value, len, 64);

		sf_text_escape(escaped, sizeof(escaped), value, taken);
		(void)sf_text_add(text, escaped);
		value += taken;
		len -= taken;
	}
	return !text->overflow;
}

/* Append what is between braces: "name", or "name|one|many". */
static bool add_mark(struct sf_text *text, const char *mark, size_t len, const struct sf_arg *args)
{
	const char *bar = memchr(mark, '|', len), *end = mark + len;
	const char *value = find(args, mark, bar ? (size_t)(bar - mark) : len);

	if (!value || !bar)
		return value && add_value(text, value);

	const char *one = bar + 1, *next = memchr(one, '|', (size_t)(end - one));

	if (!next)
		return false;
	return strcmp(value, "1") == 0
		   ? sf_text_add_bytes(text, one, (size_t)(next - one))
		   : sf_text_add_bytes(text, next + 1, (size_t)(end - next - 1));
}

bool sf_render(struct sf_text *text, const char *row, const struct sf_arg *args)
{
	const size_t start = text->len;
	bool is_whole = true;

	while (is_whole && *row != '\0') {
		const size_t plain = strcspn(row, "{");

		is_whole = sf_text_add_bytes(text, row, plain);
		row += plain;
		if (!is_whole || *row == '\0')
			break;

		const size_t len = strcspn(++row, "}");

		is_whole = row[len] == '}' && add_mark(text, row, len, args);
		row += len + 1;
	}
	if (!is_whole) {
		text->len = start;
		text->buf[start] = '\0';
	}
	return is_whole;
}
