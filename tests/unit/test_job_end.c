/* How a job ends: DONE and FAIL. */
#include "job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

static enum sf_err end(const struct sf_job_result *sent, struct sf_job_result *ret_end)
{
	struct sf_frame frame, got;
	struct sf_error e;

	sf_job_result_to_frame(sent, &frame);
	assert_int_equal(sf_wire_check(frame.bytes, frame.len, &got, &e), SF_OK);
	assert_int_equal(got.type, sent->error.code == SF_OK ? SF_WIRE_DONE : SF_WIRE_FAIL);
	return sf_job_result_from_frame(&got, ret_end, &e);
}

static void an_end_arrives_as_given(void **state)
{
	(void)state;
	for (int code = SF_OK; code < SF_ERR_COUNT; code++) {
		struct sf_job_result sent = {
		    .error = {.code = (enum sf_err)code, .sys = 503, .detail = "it was that"},
		    .row = "invalid_grant",
		    .app = SF_APP_FAULT_FLOW,
		    .token = SF_TOKEN_STATE_REVOKED,
		    .landlock = 4,
		    .trapped = UINT32_MAX,
		    .call = "openat2",
		    .status = 204,
		};
		struct sf_job_result got;

		assert_int_equal(end(&sent, &got), SF_OK);
		assert_int_equal(got.error.code, code);
		assert_int_equal(got.token, SF_TOKEN_STATE_REVOKED);
		assert_int_equal(got.landlock, 4);
		assert_int_equal(got.trapped, UINT32_MAX);
		assert_string_equal(got.call, "openat2");
		assert_int_equal(got.status, 204);
		assert_string_equal(got.row, code ? "invalid_grant" : "");
		assert_int_equal(got.app, code ? SF_APP_FAULT_FLOW : SF_APP_FAULT_NONE);
		assert_string_equal(got.error.detail, code ? "it was that" : "");
		assert_int_equal(got.error.sys, code ? 503 : 0);
	}
}

static void a_detail_from_the_network_is_made_safe_not_lost(void **state)
{
	struct sf_job_result sent = {.error = {.code = SF_E_ANSWER, .sys = -5}};
	struct sf_job_result got;

	(void)state;
	memset(sent.error.detail, '\xc3', sizeof(sent.error.detail) - 1);
	assert_int_equal(end(&sent, &got), SF_OK);
	assert_true(strlen(got.error.detail) > 3);
	assert_true(sf_text_is_printable(got.error.detail));
	assert_int_equal(got.error.sys, 0);
}

static void a_failure_that_claims_success_or_an_unknown_state_is_refused(void **state)
{
	static const uint32_t codes[] = {SF_OK, SF_ERR_COUNT, UINT32_MAX};
	struct sf_job_result got = {.error = {.code = SF_E_BUG}};
	struct sf_error e;
	struct sf_frame frame;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(codes); i++) {
		sf_wire_begin(&frame, SF_WIRE_FAIL);
		sf_wire_put_u32(&frame, SF_TAG_ERR, codes[i]);
		sf_wire_put_u32(&frame, SF_TAG_SYS, 0);
		sf_wire_put_u32(&frame, SF_TAG_TOKEN_STATE, SF_TOKEN_STATE_NONE);
		sf_wire_put_u32(&frame, SF_TAG_LANDLOCK, 0);
		sf_wire_put_u32(&frame, SF_TAG_TRAPPED, 0);
		sf_wire_put_u32(&frame, SF_TAG_STATUS, 0);
		assert_int_equal(sf_job_result_from_frame(&frame, &got, &e), SF_E_PROTOCOL);
	}

	struct sf_job_result odd = {.token = (enum sf_token_state)(SF_TOKEN_STATE_ORPHANED + 1)};

	assert_int_equal(end(&odd, &got), SF_E_PROTOCOL);
	odd = (struct sf_job_result){.error.code = SF_E_APP, .app = SF_APP_FAULT_COUNT};
	assert_int_equal(end(&odd, &got), SF_E_PROTOCOL);
	odd = (struct sf_job_result){.trapped = 1, .call = "open at"};
	assert_int_equal(end(&odd, &got), SF_E_PROTOCOL);
	sf_wire_begin(&frame, SF_WIRE_NONE);
	assert_int_equal(sf_job_result_from_frame(&frame, &got, &e), SF_E_PROTOCOL);
	assert_int_equal(got.error.code, SF_E_BUG);
	assert_string_equal(sf_token_state_name(SF_TOKEN_STATE_KEPT), "kept");
	assert_string_equal(sf_token_state_name(SF_TOKEN_STATE_ORPHANED), "orphaned");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_end_arrives_as_given),
	    cmocka_unit_test(a_detail_from_the_network_is_made_safe_not_lost),
	    cmocka_unit_test(a_failure_that_claims_success_or_an_unknown_state_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
