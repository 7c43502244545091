/* Looks up the sentences of messages.def, renders and prints them. */
#include "messages.h"

#include <inttypes.h>
#include <string.h>

#include "wrap.h"

#include "banned.h"

#define SF_PRINTED_SIZE 8192

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

bool sf_message_add(struct sf_text *text, enum sf_message word, const struct sf_arg *args)
{
	return sf_render(text, sf_message_row(word), args);
}

void sf_message_print(FILE *stream, enum sf_message word, const struct sf_arg *args)
{
	char buf[SF_PRINTED_SIZE], narrow[2 * SF_PRINTED_SIZE];
	struct sf_text text = SF_TEXT(buf), narrow_text = SF_TEXT(narrow);
	const char *said = sf_message_add(&text, word, args) ? buf : sf_message_row(word);
	const size_t columns = sf_wrap_width(fileno(stream));

	/* The rows are written for SF_WRAP_COLUMNS. */
	if (columns < SF_WRAP_COLUMNS && sf_wrap_narrow(said, columns, &narrow_text))
		said = narrow;
	(void)fputs(said, stream);
}

/* e->detail is shorter than a row may be; a longer text is cut at a character boundary. */
enum sf_err sf_message_fail(struct sf_error *e, enum sf_err code, const char *where,
    enum sf_message word, const struct sf_arg *args)
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
