/* The person's language, from the locale in the environment. setlocale(3) is never called. */
#include "language.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "text.h"

#include "banned.h"

enum sf_language sf_language_of(const char *locale, bool is_utf8)
{
	const bool is_german =
	    locale != NULL && sf_text_starts(locale, "de") &&
	    (locale[2] == '\0' || locale[2] == '_' || locale[2] == '.' || locale[2] == '@');

	return is_german && is_utf8 ? SF_LANGUAGE_DE : SF_LANGUAGE_EN;
}

/*
 * The locale of a category, in the order of POSIX: LC_ALL, the category's variable, LANG.
 * secure_getenv(3), because the environment of a setuid program belongs to its caller.
 */
static const char *locale_of(const char *category)
{
	const char *const names[] = {"LC_ALL", category, "LANG"};

	for (size_t i = 0; i < SF_COUNT(names); i++) {
		const char *value = secure_getenv(names[i]);

		if (value && value[0] != '\0')
			return value;
	}
	return "C";
}

bool sf_language_is_utf8(void)
{
	const char *locale = locale_of("LC_CTYPE");

	return strcasestr(locale, "utf-8") != NULL || strcasestr(locale, "utf8") != NULL;
}

enum sf_language sf_language_of_environment(void)
{
	return sf_language_of(locale_of("LC_MESSAGES"), sf_language_is_utf8());
}
