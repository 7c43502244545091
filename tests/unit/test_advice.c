/* Every answer of Salesforce has advice, in English and German, with the same marks. */
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
#define SF_REPLY_CLASS(row, calls, least, greatest, error, text, failure, next, app) #row,
#include "reply_class.def"
#undef SF_REPLY_CLASS
};

static const struct {
	const char *row, *sentence, *setup;
} advices[] = {
#define SF_ADVICE(row, sentence, setup) {#row, sentence, setup},
#include "advice.def"
#undef SF_ADVICE
};

static const struct {
	const char *row, *sentence, *setup;
} german[] = {
#define SF_ADVICE_WORDS(row, sentence, setup) {#row, sentence, setup},
#include "advice.de.def"
#undef SF_ADVICE_WORDS
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
		if (!sf_advice_find(answers[i]))
			fail_msg("%s has no advice", answers[i]);
}

static void no_advice_is_without_an_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(advices); i++) {
		const struct sf_advice *found = sf_advice_find(advices[i].row);

		if (!is_answer(advices[i].row))
			fail_msg("%s is no row of reply_class.def", advices[i].row);
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

static void assert_is_for_people(const char *row, const char *sentence)
{
	unsigned ends = 0;

	assert_in_range(strlen(sentence), 8, 400);
	assert_true(sf_text_ends(sentence, "."));
	for (const char *at = strchr(sentence, '.'); at != NULL; at = strchr(at + 1, '.'))
		ends += at[1] == '\0' || (at[1] == ' ' && at[2] >= 'A' && at[2] <= 'Z');
	if (ends > 2)
		fail_msg("%s: more than two sentences", row);
	assert_true(has_known_marks(sentence));
}

static void sentences_are_for_people(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(advices); i++) {
		const char *sentence = advices[i].sentence;

		assert_true(sf_text_is_printable(sentence));
		assert_is_for_people(advices[i].row, sentence);
		assert_true(has_known_marks(advices[i].setup));
	}
}

static void every_sentence_is_translated_with_its_marks(void **state)
{
	static const char *const marks[] = {"{wait}", "{words}", "{callbacks}"};

	(void)state;
	assert_int_equal(SF_COUNT(german), SF_COUNT(advices));
	for (size_t i = 0; i < SF_COUNT(advices); i++) {
		const struct sf_advice *found = sf_advice_find(advices[i].row);
		const char *sentence = sf_advice_sentence(SF_LANGUAGE_DE, found);

		assert_string_equal(german[i].row, advices[i].row);
		assert_string_equal(sentence, german[i].sentence);
		assert_string_not_equal(sentence, advices[i].sentence);
		assert_string_equal(sf_advice_sentence(SF_LANGUAGE_EN, found), advices[i].sentence);
		assert_true(sf_text_is_clean(sentence, strlen(sentence)));
		assert_is_for_people(german[i].row, sentence);
		for (size_t j = 0; j < SF_COUNT(marks); j++)
			assert_int_equal(
			    !strstr(sentence, marks[j]), !strstr(advices[i].sentence, marks[j]));
	}
}

/* What is a switch and what is a word between switches, nobody can tell; but where is nothing. */
static void every_switch_is_told_in_german_too(void **state)
{
	static const char mark[] = "{callbacks}";

	(void)state;
	for (size_t i = 0; i < SF_COUNT(advices); i++) {
		const struct sf_advice *found = sf_advice_find(advices[i].row);
		const char *english = advices[i].setup, *setup = german[i].setup;

		assert_string_equal(sf_advice_setup(SF_LANGUAGE_DE, found), setup);
		assert_string_equal(sf_advice_setup(SF_LANGUAGE_EN, found), english);
		assert_int_equal(setup[0] == '\0', english[0] == '\0');
		assert_int_equal(sf_text_ends(setup, mark), sf_text_ends(english, mark));
		assert_true(has_known_marks(setup));
		if (strstr(setup, "the app") || strstr(setup, "the user"))
			fail_msg("%s is not translated", german[i].row);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_answer_has_advice),
	    cmocka_unit_test(no_advice_is_without_an_answer),
	    cmocka_unit_test(sentences_are_for_people),
	    cmocka_unit_test(every_sentence_is_translated_with_its_marks),
	    cmocka_unit_test(every_switch_is_told_in_german_too),
	};

	return cmocka_run_group_tests_name("advice", tests, NULL, NULL);
}
