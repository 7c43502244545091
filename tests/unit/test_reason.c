#include "reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "err.h"
#include "identity.h"
#include "text.h"

#include "banned.h"

static void every_reason_that_the_module_can_log_has_words(void **state)
{
	(void)state;
	for (int i = SF_OK; i < SF_ERR_COUNT; i++)
		if (sf_reason_find(sf_err_name((enum sf_err)i)) == NULL)
			fail_msg("%s of err.def has no words", sf_err_name((enum sf_err)i));
	for (int i = 0; i < SF_RULE_COUNT; i++)
		if (sf_reason_find(sf_rule_name((enum sf_rule)i)) == NULL)
			fail_msg("the rule %s has no words", sf_rule_name((enum sf_rule)i));
	for (int i = SF_CLASS_REASON_NONE; i <= SF_CLASS_REASON_UNMAPPED; i++)
		if (sf_reason_find(sf_class_reason_name((enum sf_class_reason)i)) == NULL)
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
	for (size_t i = 0; (row = sf_reason_row(i)) != NULL; i++) {
		if (!is_known(row->name))
			fail_msg("%s is no reason", row->name);
		/* The first of its name: none stands twice. */
		assert_ptr_equal(sf_reason_find(row->name), row);
	}
	assert_null(sf_reason_find("no_such_reason"));
	assert_null(sf_reason_find(""));
}

static void a_rule_says_what_holds_what_happened_and_what_to_do(void **state)
{
	(void)state;
	for (int i = SF_RULE_NONE + 1; i < SF_RULE_COUNT; i++) {
		const struct sf_reason *row = sf_reason_find(sf_rule_name((enum sf_rule)i));

		assert_true(row->holds[0] != '\0' && row->sentence[0] != '\0');
		assert_true(row->remedy[0] != '\0');
		/* A row on a terminal, behind its mark. */
		assert_true(strlen(row->holds) <= 76);
	}
}

static void words_are_sentences(void **state)
{
	const struct sf_reason *row;

	(void)state;
	for (size_t i = 0; (row = sf_reason_row(i)) != NULL; i++) {
		if (row->sentence[0] != '\0' && !sf_text_ends(row->sentence, "."))
			fail_msg("%s: '%s' has no end", row->name, row->sentence);
		if (row->remedy[0] != '\0' && !sf_text_ends(row->remedy, ".") &&
		    !sf_text_ends(row->remedy, "}"))
			fail_msg("%s: '%s' has no end", row->name, row->remedy);
		assert_true(row->holds[0] == '\0' || !sf_text_ends(row->holds, "."));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_reason_that_the_module_can_log_has_words),
	    cmocka_unit_test(no_words_are_for_a_reason_that_does_not_exist),
	    cmocka_unit_test(a_rule_says_what_holds_what_happened_and_what_to_do),
	    cmocka_unit_test(words_are_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
