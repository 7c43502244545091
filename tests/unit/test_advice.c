#include "advice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

static const char *const answers[] = {
#define SF_ANSWER(row, calls, least, greatest, error, text, failure, next) #row,
#include "answer.def"
#undef SF_ANSWER
};

static const struct {
	const char *row, *sentence, *setup;
} advices[] = {
#define SF_ADVICE(row, sentence, setup) {#row, sentence, setup},
#include "advice.def"
#undef SF_ADVICE
};

static bool is_answer(const char *name)
{
	for (size_t i = 0; i < SF_COUNT(answers); i++)
		if (strcmp(answers[i], name) == 0)
			return true;
	return false;
}

static void every_answer_has_advice(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(answers); i++)
		if (sf_advice_find(answers[i]) == NULL)
			fail_msg("%s has no advice", answers[i]);
}

static void no_advice_is_without_an_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(advices); i++) {
		const struct sf_advice *found = sf_advice_find(advices[i].row);

		if (!is_answer(advices[i].row))
			fail_msg("%s is no row of answer.def", advices[i].row);
		/* The first of its name: none stands twice. */
		assert_string_equal(found->sentence, advices[i].sentence);
		assert_string_equal(found->setup, advices[i].setup);
	}
	assert_null(sf_advice_find(""));
	assert_null(sf_advice_find("no_such_row"));
}

/* {wait}, {words} and {callbacks} are all that the command fills in. */
static bool has_known_marks(const char *text)
{
	static const char *const marks[] = {"{wait}", "{words}", "{callbacks}"};

	for (const char *at = strchr(text, '{'); at != NULL; at = strchr(at + 1, '{')) {
		bool is_known = false;

		for (size_t i = 0; i < SF_COUNT(marks); i++)
			is_known = is_known || sf_text_starts(at, marks[i]);
		if (!is_known)
			return false;
	}
	return true;
}

static void sentences_are_for_people(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(advices); i++) {
		const char *sentence = advices[i].sentence;
		unsigned ends = 0;

		assert_true(sf_text_is_printable(sentence) && strlen(sentence) < 400);
		assert_true(sf_text_ends(sentence, "."));
		for (const char *at = strchr(sentence, '.'); at != NULL; at = strchr(at + 1, '.'))
			ends += at[1] == '\0' || (at[1] == ' ' && at[2] >= 'A' && at[2] <= 'Z');
		if (ends > 2)
			fail_msg("%s: more than two sentences", advices[i].row);
		assert_true(has_known_marks(sentence) && has_known_marks(advices[i].setup));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_answer_has_advice),
	    cmocka_unit_test(no_advice_is_without_an_answer),
	    cmocka_unit_test(sentences_are_for_people),
	};

	return cmocka_run_group_tests_name("advice", tests, NULL, NULL);
}
