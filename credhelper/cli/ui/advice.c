/* Looks up the advice for a reply class. The texts are in advice.def and advice.de.def. */
#include "advice.h"

#include <stddef.h>
#include <string.h>

#include "banned.h"

const struct sf_advice *sf_advice_find(const char *row)
{
	static const struct sf_advice advices[] = {
#define SF_ADVICE(row, sentence, setup) {#row, sentence, setup},
#include "advice.def"
#undef SF_ADVICE
	};

	for (size_t i = 0; i < SF_COUNT(advices); i++)
		if (strcmp(advices[i].row, row) == 0)
			return &advices[i];
	return NULL;
}

/* NULL: the language is English, or German has no such row. */
static const struct sf_advice *find_german(enum sf_language language, const char *row)
{
	static const struct sf_advice german[] = {
#define SF_ADVICE_WORDS(row, sentence, setup) {#row, sentence, setup},
#include "advice.de.def"
#undef SF_ADVICE_WORDS
	};

	for (size_t i = 0; language == SF_LANGUAGE_DE && i < SF_COUNT(german); i++)
		if (strcmp(german[i].row, row) == 0)
			return &german[i];
	return NULL;
}

const char *sf_advice_sentence(enum sf_language language, const struct sf_advice *advice)
{
	const struct sf_advice *german = find_german(language, advice->row);

	return german != NULL ? german->sentence : advice->sentence;
}

const char *sf_advice_setup(enum sf_language language, const struct sf_advice *advice)
{
	const struct sf_advice *german = find_german(language, advice->row);

	return german != NULL ? german->setup : advice->setup;
}
