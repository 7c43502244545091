/* Looks up the words for a reason in an audit line; reason.def and reason.de.def have them. */
#include "reason.h"

#include <string.h>

#include "banned.h"

#define SF_REASON(name, holds, sentence, remedy) {name, holds, sentence, remedy},
static const struct sf_reason english[] = {
#include "reason.def"
};
static const struct sf_reason german[] = {
#include "reason.de.def"
};
#undef SF_REASON
_Static_assert(SF_COUNT(german) == SF_COUNT(english), "rows of reason.de.def");

const struct sf_reason *sf_reason_row(enum sf_language language, size_t index)
{
	if (index >= SF_COUNT(english))
		return NULL;
	return language == SF_LANGUAGE_DE ? &german[index] : &english[index];
}

const struct sf_reason *sf_reason_find(enum sf_language language, const char *name)
{
	for (size_t i = 0; i < SF_COUNT(english); i++)
		if (strcmp(english[i].name, name) == 0)
			return sf_reason_row(language, i);
	return NULL;
}
