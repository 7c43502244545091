/* The report of a failure: its row, Salesforce's own words, the wait, the callbacks. */
#include "report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static struct sf_job_result end_of(const char *row, enum sf_err code, uint32_t retry_s)
{
	struct sf_job_result end = {.error.code = code, .outcome.retry_s = retry_s};

	assert_true(sf_text_copy(end.row, sizeof(end.row), row));
	return end;
}

static void words_of(
    const struct sf_report *failure, char ret_sentence[static 512], char ret_setup[static 1024])
{
	struct sf_text sentence = sf_text_over(ret_sentence, 512);
	struct sf_text setup = sf_text_over(ret_setup, 1024);

	assert_true(sf_report_words(failure, &sentence, &setup));
}

static void the_row_of_the_failure_has_the_words(void **state)
{
	const struct sf_error e = {.code = SF_E_APP};
	const struct sf_job_result end = end_of("unknown_app", SF_E_APP, 0);
	const struct sf_report failure = {.error = &e, .end = &end};
	char sentence[512], setup[1024];

	(void)state;
	words_of(&failure, sentence, setup);
	assert_non_null(strstr(sentence, "up to 30 minutes"));
	assert_non_null(strstr(setup, "Consumer Key"));
}

static void a_row_of_another_failure_is_not_told(void **state)
{
	const struct sf_error e = {.code = SF_E_KEYRING};
	const struct sf_job_result ends[] = {end_of("refresh_dead", SF_E_SIGN_IN_NEEDED, 0),
	    end_of("no_such_row", SF_E_KEYRING, 0), end_of("", SF_E_KEYRING, 0)};
	char sentence[512], setup[1024];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(ends); i++) {
		const struct sf_report failure = {.error = &e, .end = &ends[i]};

		words_of(&failure, sentence, setup);
		assert_string_equal(sentence, sf_err_sentence(SF_E_KEYRING));
		assert_string_equal(setup, "");
	}
}

static void a_german_reader_reads_german(void **state)
{
	const struct sf_error row = {.code = SF_E_UNAVAILABLE}, plain = {.code = SF_E_KEYRING};
	const struct sf_job_result end = end_of("rate_limit", SF_E_UNAVAILABLE, 40);
	const struct sf_report failures[] = {
	    {.error = &row, .end = &end, .language = SF_LANGUAGE_DE},
	    {.error = &plain, .end = &end, .language = SF_LANGUAGE_DE},
	};
	char sentence[512], setup[1024];

	(void)state;
	words_of(&failures[0], sentence, setup);
	assert_string_equal(sentence,
	    "Salesforce wurde zu oft gefragt. Bitte in 40 Sekunden noch einmal versuchen.");
	words_of(&failures[1], sentence, setup);
	assert_string_equal(sentence, sf_err_sentence_in(SF_LANGUAGE_DE, SF_E_KEYRING));
}

static void a_wait_is_told_as_people_count(void **state)
{
	static const struct {
		uint32_t retry_s;
		const char *words;
	} waits[] = {
	    {0, "Try again later."},
	    {1, "Try again in a second."},
	    {40, "Try again in 40 seconds."},
	    {120, "Try again in 120 seconds."},
	    {121, "Try again in 3 minutes."},
	    {7200, "Try again in 120 minutes."},
	    {7201, "Try again in 3 hours."},
	    {86400, "Try again in 24 hours."},
	};
	const struct sf_error e = {.code = SF_E_UNAVAILABLE};
	char sentence[512], setup[1024];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(waits); i++) {
		const struct sf_job_result end =
		    end_of("server_trouble", SF_E_UNAVAILABLE, waits[i].retry_s);
		const struct sf_report failure = {.error = &e, .end = &end};

		words_of(&failure, sentence, setup);
		assert_true(sf_text_ends(sentence, waits[i].words));
	}
}

static void what_salesforce_said_is_quoted(void **state)
{
	const struct sf_error e = {.code = SF_E_APP};
	struct sf_job_result end = end_of("other_error", SF_E_APP, 0);
	const struct sf_report failure = {.error = &e, .end = &end};
	char sentence[512], setup[1024];

	(void)state;
	assert_true(
	    sf_text_copy(end.outcome.words, sizeof(end.outcome.words), "never_heard: {of} %s"));
	words_of(&failure, sentence, setup);
	assert_non_null(strstr(sentence, "'never_heard: {of} %s'"));
}

static void callbacks_stand_on_lines_of_their_own(void **state)
{
	const struct sf_error e = {.code = SF_E_APP};
	const struct sf_job_result end = end_of("redirect_uri_mismatch", SF_E_APP, 0);
	char first[] = "http://localhost:1717/OauthRedirect", second[] = "http://localhost:1718/x";
	char *items[] = {first, second};
	const struct sf_org org = {.callback = {.items = items, .count = 2}};
	const struct sf_report failure = {.error = &e, .end = &end, .org = &org};
	const struct sf_report without = {.error = &e, .end = &end};
	char sentence[512], setup[1024];

	(void)state;
	words_of(&failure, sentence, setup);
	assert_true(sf_text_ends(setup, "Callback URL: \n"
					"             http://localhost:1717/OauthRedirect\n"
					"             http://localhost:1718/x"));
	words_of(&without, sentence, setup);
	assert_true(
	    sf_text_ends(setup, "Callback URL: the value of callback in the org's section"));
}

static void callbacks_are_the_end_of_a_row(void **state)
{
	static const char *const setups[] = {
#define SF_ADVICE(row, sentence, setup) setup,
#include "advice.def"
#undef SF_ADVICE
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(setups); i++) {
		const char *mark = strstr(setups[i], "{callbacks}");

		assert_true(!mark || strcmp(mark, "{callbacks}") == 0);
	}
}

static void words_that_do_not_fit_are_refused_not_cut(void **state)
{
	const struct sf_error e = {.code = SF_E_APP};
	const struct sf_job_result end = end_of("unknown_app", SF_E_APP, 0);
	const struct sf_report failure = {.error = &e, .end = &end};
	char small[16], setup[1024];
	struct sf_text sentence_text = SF_TEXT(small), setup_text = SF_TEXT(setup);

	(void)state;
	assert_false(sf_report_words(&failure, &sentence_text, &setup_text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_row_of_the_failure_has_the_words),
	    cmocka_unit_test(a_row_of_another_failure_is_not_told),
	    cmocka_unit_test(a_german_reader_reads_german),
	    cmocka_unit_test(a_wait_is_told_as_people_count),
	    cmocka_unit_test(what_salesforce_said_is_quoted),
	    cmocka_unit_test(callbacks_stand_on_lines_of_their_own),
	    cmocka_unit_test(callbacks_are_the_end_of_a_row),
	    cmocka_unit_test(words_that_do_not_fit_are_refused_not_cut),
	};

	return cmocka_run_group_tests_name("failure", tests, NULL, NULL);
}
