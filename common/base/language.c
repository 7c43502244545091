#include "language.h"

#include <stddef.h>

#include "text.h"

#include "banned.h"

enum sf_language sf_language_of(const char *locale, bool is_utf8)
{
	const bool is_german =
	    locale != NULL && sf_text_starts(locale, "de") &&
	    (locale[2] == '\0' || locale[2] == '_' || locale[2] == '.' || locale[2] == '@');

	return is_german && is_utf8 ? SF_LANGUAGE_DE : SF_LANGUAGE_EN;
}
