/* Errors as values: the rows of err.def, and how struct sf_error is filled. Nothing is logged. */
#include "err.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "banned.h"

/* The names one after another: with offsets instead of pointers, the module needs no relocation. */
static const struct names {
	char ok[sizeof("ok")];
#define SF_ERR(name, text, pam, exit_code, level, sentence) char name[sizeof(text)];
#include "err.def"
#undef SF_ERR
} names = {
    .ok = "ok",
#define SF_ERR(id, text, pam, exit_code, level, sentence) .id = text,
#include "err.def"
#undef SF_ERR
};

/* Indexed by enum sf_err. Without the PAM column: only the module includes PAM headers. */
static const struct row {
	uint16_t name; /* offset in names */
	uint8_t exit_code, level;
} rows[SF_ERR_COUNT] = {
    [SF_OK] = {offsetof(struct names, ok), 0, LOG_INFO},
#define SF_ERR(id, text, pam, exit_code, level, sentence)                                          \
	[SF_E_##id] = {offsetof(struct names, id), exit_code, level},
#include "err.def"
#undef SF_ERR
};

/* The code may be a number from another process. An unknown one counts as BUG, never as OK. */
static unsigned index_of(enum sf_err code)
{
	unsigned index = (unsigned)code;

	return index < SF_ERR_COUNT ? index : SF_E_BUG;
}

enum sf_err sf_err_fill(
    struct sf_error *e, enum sf_err code, const char *where, int sys, const char *format, ...)
{
	va_list args;
	int wanted;

	e->code = code;
	e->where = where;
	e->sys = sys;
	e->is_unsafe_file = false;
	va_start(args, format);
	wanted = vsnprintf(e->detail, sizeof(e->detail), format, args);
	va_end(args);
	if (wanted < 0)
		e->detail[0] = '\0';
	if (wanted >= (int)sizeof(e->detail))
		memcpy(e->detail + sizeof(e->detail) - 4, "...", 4);
	return code;
}

const char *sf_err_name(enum sf_err code)
{
	return (const char *)&names + rows[index_of(code)].name;
}

/* Not a column of rows: the module uses the rows but no sentence, and the linker drops these. */
const char *sf_err_sentence(enum sf_err code)
{
	static const char *const sentences[SF_ERR_COUNT] = {
	    [SF_OK] = "Done.",
#define SF_ERR(name, text, pam, exit_code, level, sentence) [SF_E_##name] = (sentence),
#include "err.def"
#undef SF_ERR
	};

	return sentences[index_of(code)];
}

const char *sf_err_sentence_in(enum sf_language language, enum sf_err code)
{
	static const char *const german[SF_ERR_COUNT] = {
	    [SF_OK] = "Erledigt.",
#define SF_ERR_WORDS(name, sentence) [SF_E_##name] = (sentence),
#include "err.de.def"
#undef SF_ERR_WORDS
	};

	return language == SF_LANGUAGE_DE ? german[index_of(code)] : sf_err_sentence(code);
}

int sf_err_exit(enum sf_err code)
{
	return rows[index_of(code)].exit_code;
}

int sf_err_level(enum sf_err code)
{
	return rows[index_of(code)].level;
}
