/* Every error row has name, sentence, exit status and translation; a failure keeps its detail. */
#include "err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <syslog.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

static const struct {
	const char *name, *sentence;
	int exit_code, level;
} rows[] = {
    {"OK", "", 0, LOG_INFO},
#define SF_ERR(name, text, pam, exit_code, level, sentence) {#name, sentence, exit_code, level},
#include "err.def"
#undef SF_ERR
};

static void every_row_reads_as_the_table_has_it(void **state)
{
	(void)state;
	assert_int_equal(SF_COUNT(rows), SF_ERR_COUNT);
	for (unsigned i = 1; i < SF_ERR_COUNT; i++) {
		enum sf_err code = (enum sf_err)i;

		assert_string_equal(sf_err_sentence(code), rows[i].sentence);
		assert_int_equal(sf_err_exit(code), rows[i].exit_code);
		assert_int_equal(sf_err_level(code), rows[i].level);
	}
}

static void every_sentence_is_translated_and_no_other(void **state)
{
	static const char *const german[] = {
#define SF_ERR_WORDS(name, sentence) #name,
#include "err.de.def"
#undef SF_ERR_WORDS
	};

	(void)state;
	assert_int_equal(SF_COUNT(german), SF_ERR_COUNT - 1);
	for (unsigned i = 1; i < SF_ERR_COUNT; i++) {
		const char *words = sf_err_sentence_in(SF_LANGUAGE_DE, (enum sf_err)i);

		assert_string_equal(german[i - 1], rows[i].name);
		assert_non_null(words);
		assert_string_not_equal(words, rows[i].sentence);
		assert_string_equal(
		    sf_err_sentence_in(SF_LANGUAGE_EN, (enum sf_err)i), rows[i].sentence);
		assert_string_equal(words, sf_err_sentence_in(SF_LANGUAGE_DE, (enum sf_err)i));
	}
}

/* In lines of 256 bytes, behind the name of a program. */
static void sentences_are_short_clean_and_whole(void **state)
{
	(void)state;
	for (unsigned i = 1; i < SF_ERR_COUNT; i++) {
		for (unsigned language = 0; language < SF_LANGUAGE_COUNT; language++) {
			const char *words =
			    sf_err_sentence_in((enum sf_language)language, (enum sf_err)i);

			assert_true(sf_text_is_clean(words, strlen(words)));
			assert_in_range(strlen(words), 8, 220);
			assert_true(sf_text_ends(words, "."));
		}
		assert_true(sf_text_is_printable(rows[i].sentence));
	}
}

static void names_are_the_rows_in_lower_case(void **state)
{
	(void)state;
	assert_string_equal(sf_err_name(SF_OK), "ok");
	assert_string_equal(sf_err_name(SF_E_PASSWORD_TYPED), "password_typed");
	assert_string_equal(sf_err_name(SF_E_SIGN_IN_NEEDED), "sign_in_needed");
	for (unsigned i = 0; i < SF_ERR_COUNT; i++) {
		const char *name = sf_err_name((enum sf_err)i);

		assert_int_equal(strcasecmp(name, rows[i].name), 0);
		assert_null(strpbrk(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
	}
}

static void no_failure_exits_with_success(void **state)
{
	(void)state;
	assert_int_equal(sf_err_exit(SF_OK), 0);
	for (unsigned i = 1; i < SF_ERR_COUNT; i++)
		assert_int_not_equal(sf_err_exit((enum sf_err)i), 0);
}

static void an_unknown_code_reads_as_a_bug(void **state)
{
	static const int codes[] = {SF_ERR_COUNT, SF_ERR_COUNT + 1, 1000, INT32_MAX, -1, INT32_MIN};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(codes); i++) {
		unsigned code = (unsigned)codes[i];

		assert_string_equal(sf_err_name((enum sf_err)code), "bug");
		assert_string_equal(sf_err_sentence_in(SF_LANGUAGE_DE, (enum sf_err)code),
		    sf_err_sentence_in(SF_LANGUAGE_DE, SF_E_BUG));
		assert_int_equal(sf_err_exit((enum sf_err)code), 70);
		assert_int_equal(sf_err_level((enum sf_err)code), LOG_CRIT);
	}
}

static enum sf_err fail_with_text(struct sf_error *e, const char *text)
{
	return SF_FAIL(e, SF_E_CONFIG, 2, "cannot open %s", text);
}

static void a_failure_carries_code_place_number_and_detail(void **state)
{
	struct sf_error e = {0};

	(void)state;
	assert_int_equal(fail_with_text(&e, "/etc/x"), SF_E_CONFIG);
	assert_int_equal(e.code, SF_E_CONFIG);
	assert_string_equal(e.where, "test_err.c");
	assert_int_equal(e.sys, 2);
	assert_string_equal(e.detail, "cannot open /etc/x");
}

static void a_detail_that_does_not_fit_is_cut_visibly(void **state)
{
	struct sf_error e = {0};
	char text[SF_ERROR_DETAIL_SIZE];
	size_t fitting = sizeof(text) - sizeof("cannot open ");

	(void)state;
	memset(text, 'x', sizeof(text));
	text[fitting] = '\0';
	(void)fail_with_text(&e, text);
	assert_int_equal(strlen(e.detail), SF_ERROR_DETAIL_SIZE - 1);
	assert_int_equal(e.detail[SF_ERROR_DETAIL_SIZE - 2], 'x');
	text[fitting] = 'x';
	text[fitting + 1] = '\0';
	(void)fail_with_text(&e, text);
	assert_int_equal(strlen(e.detail), SF_ERROR_DETAIL_SIZE - 1);
	assert_string_equal(e.detail + SF_ERROR_DETAIL_SIZE - 5, "x...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_row_reads_as_the_table_has_it),
	    cmocka_unit_test(every_sentence_is_translated_and_no_other),
	    cmocka_unit_test(sentences_are_short_clean_and_whole),
	    cmocka_unit_test(names_are_the_rows_in_lower_case),
	    cmocka_unit_test(no_failure_exits_with_success),
	    cmocka_unit_test(an_unknown_code_reads_as_a_bug),
	    cmocka_unit_test(a_failure_carries_code_place_number_and_detail),
	    cmocka_unit_test(a_detail_that_does_not_fit_is_cut_visibly),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
