/* Looks up and renders the sentences of messages.def. The texts themselves are in the tables. */
#include "messages.h"

#include <inttypes.h>
#include <string.h>

#include "banned.h"

#define SF_PRINTED_SIZE 8192
#define SF_ESCAPED_SIZE 4096

static const char *const rows[SF_LANGUAGE_COUNT][SF_MESSAGE_COUNT] = {
#define SF_MESSAGE(id, text) [SF_LANGUAGE_EN][SF_MESSAGE_##id] = (text),
#include "messages.def"
#undef SF_MESSAGE
#define SF_MESSAGE(id, text) [SF_LANGUAGE_DE][SF_MESSAGE_##id] = (text),
#include "messages.de.def"
#undef SF_MESSAGE
};

/* German must have the same rows in the same order, or this does not compile. */
enum {
#define SF_MESSAGE(id, text) GERMAN_##id,
#include "messages.de.def"
#undef SF_MESSAGE
	GERMAN_COUNT
};
#define SF_MESSAGE(id, text) _Static_assert((int)GERMAN_##id == (int)SF_MESSAGE_##id, #id);
#include "messages.def"
#undef SF_MESSAGE
_Static_assert((int)GERMAN_COUNT == (int)SF_MESSAGE_COUNT, "messages.de.def");

const char *sf_message_number(uint64_t number, char *ret, size_t size)
{
	struct sf_text text = sf_text_over(ret, size);

	(void)sf_text_addf(&text, "%" PRIu64, number);
	return ret;
}

const char *sf_message_row_in(enum sf_language language, enum sf_message word)
{
	return rows[language][word];
}

const char *sf_message_row(enum sf_message word)
{
	return sf_message_row_in(sf_language_of_environment(), word);
}

static const char *find(const struct sf_ui_arg *args, const char *name, size_t len)
{
	for (; args != NULL && args->name != NULL; args++)
		if (strlen(args->name) == len && memcmp(args->name, name, len) == 0)
			return args->value;
	return NULL;
}

static bool add_value(struct sf_text *text, const char *value)
{
	char escaped[SF_ESCAPED_SIZE];

	if (sf_text_is_clean(value, strlen(value)))
		return sf_text_add(text, value);
	sf_text_escape(escaped, sizeof(escaped), value, strlen(value));
	return sf_text_add(text, escaped);
}

/* Render what is between braces: "name", or "name|one|many". */
static bool add_mark(
    struct sf_text *text, const char *mark, size_t len, const struct sf_ui_arg *args)
{
	const char *bar = memchr(mark, '|', len), *end = mark + len;
	const char *value = find(args, mark, bar != NULL ? (size_t)(bar - mark) : len);

	if (!value || !bar)
		return value && add_value(text, value);

	const char *one = bar + 1, *next = memchr(one, '|', (size_t)(end - one));

	if (!next)
		return false;
	return strcmp(value, "1") == 0
		   ? sf_text_add_bytes(text, one, (size_t)(next - one))
		   : sf_text_add_bytes(text, next + 1, (size_t)(end - next - 1));
}

bool sf_message_render(struct sf_text *text, const char *row, const struct sf_ui_arg *args)
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
	/* Remove a half sentence. */
	if (!is_whole) {
		text->len = start;
		text->buf[start] = '\0';
	}
	return is_whole;
}

bool sf_message_add(struct sf_text *text, enum sf_message word, const struct sf_ui_arg *args)
{
	return sf_message_render(text, sf_message_row(word), args);
}

void sf_message_print(FILE *stream, enum sf_message word, const struct sf_ui_arg *args)
{
	char buf[SF_PRINTED_SIZE];
	struct sf_text text = SF_TEXT(buf);

	(void)fputs(sf_message_add(&text, word, args) ? buf : sf_message_row(word), stream);
}

/* e->detail is shorter than a row may be; a longer text is cut at a character boundary. */
enum sf_err sf_message_fail(struct sf_error *e, enum sf_err code, const char *where,
    enum sf_message word, const struct sf_ui_arg *args)
{
	char buf[SF_PRINTED_SIZE];
	struct sf_text text = SF_TEXT(buf);
	const char *said = sf_message_add(&text, word, args) ? buf : sf_message_row(word);
	size_t len = strlen(said);

	if (len < sizeof(e->detail))
		return sf_err_fill(e, code, where, 0, "%s", said);
	len = sf_text_cut(said, len, sizeof(e->detail) - sizeof("..."));
	return sf_err_fill(e, code, where, 0, "%.*s...", (int)len, said);
}
