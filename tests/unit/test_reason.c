/* The words for each reason that the module logs, and that German has the same fields. */
#include "reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "err.h"
#include "account_class.h"
#include "rule.h"
#include "text.h"

#include "banned.h"

static void every_reason_that_the_module_can_log_has_words(void **state)
{
	(void)state;
	for (int i = SF_OK; i < SF_ERR_COUNT; i++)
		if (!sf_reason_find(SF_LANGUAGE_EN, sf_err_name((enum sf_err)i)))
			fail_msg("%s of err.def has no words", sf_err_name((enum sf_err)i));
	for (int i = 0; i < SF_RULE_COUNT; i++)
		if (!sf_reason_find(SF_LANGUAGE_EN, sf_rule_name((enum sf_rule)i)))
			fail_msg("the rule %s has no words", sf_rule_name((enum sf_rule)i));
	for (int i = SF_CLASS_REASON_NONE; i <= SF_CLASS_REASON_UNMAPPED; i++)
		if (!sf_reason_find(SF_LANGUAGE_EN, sf_class_reason_name((enum sf_class_reason)i)))
			fail_msg("%s has no words", sf_class_reason_name((enum sf_class_reason)i));
}

static bool is_known(const char *name)
{
	for (int i = SF_OK; i < SF_ERR_COUNT; i++)
		if (strcmp(sf_err_name((enum sf_err)i), name) == 0)
			return true;
	for (int i = 0; i < SF_RULE_COUNT; i++)
		if (strcmp(sf_rule_name((enum sf_rule)i), name) == 0)
			return true;
	for (int i = SF_CLASS_REASON_NONE; i <= SF_CLASS_REASON_UNMAPPED; i++)
		if (strcmp(sf_class_reason_name((enum sf_class_reason)i), name) == 0)
			return true;
	return false;
}

static void no_words_are_for_a_reason_that_does_not_exist(void **state)
{
	const struct sf_reason *row;

	(void)state;
	for (size_t i = 0; (row = sf_reason_row(SF_LANGUAGE_EN, i)) != NULL; i++) {
		if (!is_known(row->name))
			fail_msg("%s is no reason", row->name);
		/* The first of its name: none stands twice. */
		assert_ptr_equal(sf_reason_find(SF_LANGUAGE_EN, row->name), row);
	}
	assert_null(sf_reason_find(SF_LANGUAGE_EN, "no_such_reason"));
	assert_null(sf_reason_find(SF_LANGUAGE_EN, ""));
}

static size_t columns(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void a_rule_says_what_holds_what_happened_and_what_to_do(void **state)
{
	(void)state;
	for (int i = SF_RULE_NONE + 1; i < SF_RULE_COUNT; i++) {
		for (int language = 0; language < SF_LANGUAGE_COUNT; language++) {
			const struct sf_reason *row = sf_reason_find(
			    (enum sf_language)language, sf_rule_name((enum sf_rule)i));

			assert_true(row->holds[0] != '\0' && row->sentence[0] != '\0');
			assert_true(row->remedy[0] != '\0');
			/* A row on a terminal, behind its mark. */
			if (columns(row->holds) > 76)
				fail_msg("too long: %s", row->holds);
		}
	}
}

static void assert_is_tidy(const char *name, const char *text)
{
	const bool is_sentence = sf_text_ends(text, ".") || sf_text_ends(text, "}");

	if (text[0] != '\0' && !is_sentence)
		fail_msg("%s: '%s' has no end", name, text);
	if (!sf_text_is_clean(text, strlen(text)) || strstr(text, "  "))
		fail_msg("%s: '%s' is not tidy", name, text);
}

static void words_are_sentences(void **state)
{
	(void)state;
	for (int language = 0; language < SF_LANGUAGE_COUNT; language++) {
		const struct sf_reason *row;

		for (size_t i = 0; (row = sf_reason_row((enum sf_language)language, i)); i++) {
			assert_is_tidy(row->name, row->sentence);
			assert_is_tidy(row->name, row->remedy);
			assert_true(row->holds[0] == '\0' || !sf_text_ends(row->holds, "."));
		}
	}
}

static void english_is_for_every_terminal(void **state)
{
	const struct sf_reason *row;

	(void)state;
	for (size_t i = 0; (row = sf_reason_row(SF_LANGUAGE_EN, i)) != NULL; i++) {
		const char *const texts[] = {row->holds, row->sentence, row->remedy};

		for (size_t j = 0; j < SF_COUNT(texts); j++)
			for (const char *at = texts[j]; *at != '\0'; at++)
				assert_in_range(*at, ' ', '~');
	}
}

/* A text is there in both languages or in neither, and names the same fields of the line. */
static void assert_is_translated(const char *english, const char *german)
{
	static const char *const fields[] = {
	    "{user}", "{service}", "{org}", "{sf_id}", "{sf_user}", "{rhost}", "{ref}"};
	size_t marks = 0, known = 0;

	assert_int_equal(english[0] == '\0', german[0] == '\0');
	if (english[0] != '\0')
		assert_string_not_equal(english, german);
	for (size_t i = 0; i < SF_COUNT(fields); i++)
		if ((!strstr(english, fields[i])) != (!strstr(german, fields[i])))
			fail_msg("%s is in one of: %s / %s", fields[i], english, german);
	for (const char *at = strchr(german, '{'); at != NULL; at = strchr(at + 1, '{')) {
		marks++;
		for (size_t i = 0; i < SF_COUNT(fields); i++)
			known += sf_text_starts(at, fields[i]);
	}
	assert_int_equal(marks, known);
}

static void german_says_the_same_of_the_same_fields(void **state)
{
	const struct sf_reason *english;

	(void)state;
	for (size_t i = 0; (english = sf_reason_row(SF_LANGUAGE_EN, i)) != NULL; i++) {
		const struct sf_reason *german = sf_reason_row(SF_LANGUAGE_DE, i);

		assert_string_equal(german->name, english->name);
		assert_ptr_equal(sf_reason_find(SF_LANGUAGE_DE, english->name), german);
		assert_is_translated(english->holds, german->holds);
		assert_is_translated(english->sentence, german->sentence);
		assert_is_translated(english->remedy, german->remedy);
	}
	assert_null(sf_reason_row(SF_LANGUAGE_DE, SIZE_MAX));
	assert_null(sf_reason_find(SF_LANGUAGE_DE, "no_such_reason"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_reason_that_the_module_can_log_has_words),
	    cmocka_unit_test(no_words_are_for_a_reason_that_does_not_exist),
	    cmocka_unit_test(a_rule_says_what_holds_what_happened_and_what_to_do),
	    cmocka_unit_test(words_are_sentences),
	    cmocka_unit_test(english_is_for_every_terminal),
	    cmocka_unit_test(german_says_the_same_of_the_same_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
