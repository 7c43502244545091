/* What a job's end carries beside its error, and what of it is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "outcome.h"
#include "job.h"
#include "text.h"

#include "banned.h"

static enum sf_err there_and_back(
    const struct sf_job_result *sent, struct sf_outcome *ret_outcome, struct sf_error *e)
{
	struct sf_frame frame, got;

	sf_job_result_to_frame(sent, &frame);
	assert_int_equal(sf_wire_check(frame.bytes, frame.len, &got, e), SF_OK);
	return sf_outcome_from_frame(&got, ret_outcome, e);
}

static void an_outcome_arrives_with_a_failure_and_not_with_an_end(void **state)
{
	struct sf_job_result sent = {.error.code = SF_E_UNAVAILABLE, .outcome.retry_s = 40};
	struct sf_outcome got_outcome;
	struct sf_error e;

	(void)state;
	assert_true(
	    sf_text_copy(sent.outcome.words, sizeof(sent.outcome.words), "error: it is so"));
	assert_int_equal(there_and_back(&sent, &got_outcome, &e), SF_OK);
	assert_int_equal(got_outcome.retry_s, 40);
	assert_string_equal(got_outcome.words, "error: it is so");
	sent.error.code = SF_OK;
	assert_int_equal(there_and_back(&sent, &got_outcome, &e), SF_OK);
	assert_int_equal(got_outcome.retry_s, 0);
	assert_string_equal(got_outcome.words, "");
}

static void a_hint_that_cannot_be_shown_is_refused(void **state)
{
	struct sf_job_result sent = {.error.code = SF_E_UNAVAILABLE, .outcome.retry_s = 86401};
	struct sf_outcome got_outcome;
	struct sf_error e;

	(void)state;
	assert_int_equal(there_and_back(&sent, &got_outcome, &e), SF_E_PROTOCOL);
	sent.outcome.retry_s = 86400;
	assert_int_equal(there_and_back(&sent, &got_outcome, &e), SF_OK);
	assert_true(
	    sf_text_copy(sent.outcome.words, sizeof(sent.outcome.words), "\xc3\xa9t\xc3\xa9"));
	assert_int_equal(there_and_back(&sent, &got_outcome, &e), SF_E_PROTOCOL);
}

static void what_a_probe_found_arrives_with_every_end(void **state)
{
	struct sf_job_result sent = {.error.code = SF_E_APP, .outcome.server_s = 1795340386};
	struct sf_outcome got_outcome;
	struct sf_error e;

	(void)state;
	assert_true(
	    sf_text_copy(sent.outcome.org_id, sizeof(sent.outcome.org_id), "00D5f000000AbcdEAC"));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(there_and_back(&sent, &got_outcome, &e), SF_OK);
		assert_int_equal(got_outcome.server_s, 1795340386);
		assert_string_equal(got_outcome.org_id, "00D5f000000AbcdEAC");
		sent.error.code = SF_OK;
	}
	sent.outcome.server_s = INT64_MAX;
	assert_int_equal(there_and_back(&sent, &got_outcome, &e), SF_E_PROTOCOL);
	sent.outcome.server_s = 1;
	assert_true(sf_text_copy(sent.outcome.org_id, sizeof(sent.outcome.org_id), "00D5f 00"));
	assert_int_equal(there_and_back(&sent, &got_outcome, &e), SF_E_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_outcome_arrives_with_a_failure_and_not_with_an_end),
	    cmocka_unit_test(a_hint_that_cannot_be_shown_is_refused),
	    cmocka_unit_test(what_a_probe_found_arrives_with_every_end),
	};

	return cmocka_run_group_tests_name("hint", tests, NULL, NULL);
}
