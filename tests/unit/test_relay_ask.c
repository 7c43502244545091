/* The same state machine where the worker asks the person a question. */
#include "relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay_script.h"

#include "banned.h"

/* A worker that asks, or shows, what the flow has not could get a password out of a person. */
static void only_what_the_flow_has_is_asked_and_shown(void **state)
{
	static const struct {
		enum sf_wire_type said;
		bool has_code; /* wanted, where something is to be shown */
		bool is_show;
		enum sf_ask what; /* wanted otherwise */
		enum sf_err want;
	} rows[] = {
	    {SF_WIRE_ASK, false, false, SF_ASK_PASSWORD, SF_OK},
	    {SF_WIRE_ASK, false, false, SF_ASK_CALLBACK, SF_E_PROTOCOL},
	    {SF_WIRE_SHOW, false, false, SF_ASK_PASSWORD, SF_E_PROTOCOL},
	    {SF_WIRE_SHOW, true, true, SF_ASK_COUNT, SF_OK},
	    {SF_WIRE_SHOW, false, true, SF_ASK_COUNT, SF_E_PROTOCOL},
	    {SF_WIRE_ASK, true, true, SF_ASK_COUNT, SF_E_PROTOCOL},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct script script = {.fds = {-1, -1}};
		struct sf_relay *relay = &script.relay;
		struct sf_show got;
		enum sf_err r;

		start(&script, SF_JOB_LOGIN);
		say(&script, rows[i].said);
		r = rows[i].is_show ? sf_relay_show(relay, rows[i].has_code, &got, &script.e)
				    : sf_relay_asked(relay, rows[i].what, &script.e);
		assert_int_equal(r, rows[i].want);
		assert_int_equal(relay->is_unlawful, r != SF_OK);
		assert_int_equal(r == SF_OK ? 0 : script.e.sys, 0);
		assert_int_equal(relay->phase == SF_RELAY_BROKEN, r != SF_OK);
		stop(&script);
	}
}

static void the_answer_is_one_frame_and_then_come_the_facts(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = sf_secret_from("S3cret", 6);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *got = NULL;
	struct script script = {.fds = {-1, -1}};
	struct sf_facts who;
	struct sf_frame frame;
	const int64_t soon_ms = sf_clock_now_ms() + 1000;

	(void)state;
	advance(&script, SF_RELAY_ASKED);
	say(&script, SF_WIRE_FACTS);
	assert_int_equal(sf_relay_facts(&script.relay, answer, &who, &script.e), SF_OK);
	assert_int_equal(sf_wire_recv(script.fds[1], soon_ms, &frame, &script.e), SF_OK);
	assert_int_equal(frame.type, SF_WIRE_JOB);
	assert_int_equal(sf_wire_recv(script.fds[1], soon_ms, &frame, &script.e), SF_OK);
	assert_int_equal(frame.type, SF_WIRE_RESPONSE);
	assert_int_equal(sf_wire_secret(&frame, SF_TAG_TEXT, &got, &script.e), SF_OK);
	assert_true(sf_secret_equal(got, answer));
	stop(&script);
}

static void a_worker_that_did_not_wait_for_the_answer_says_why(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = sf_secret_from("S3cret", 6);
	struct script script = {.fds = {-1, -1}};
	struct sf_facts who;

	(void)state;
	advance(&script, SF_RELAY_ASKED);
	say(&script, SF_WIRE_FAIL);
	close(script.fds[1]);
	script.fds[1] = -1;
	assert_int_equal(sf_relay_facts(&script.relay, answer, &who, &script.e), SF_E_EXPIRED);
	assert_true(script.relay.has_result);
	stop(&script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_what_the_flow_has_is_asked_and_shown),
	    cmocka_unit_test(the_answer_is_one_frame_and_then_come_the_facts),
	    cmocka_unit_test(a_worker_that_did_not_wait_for_the_answer_says_why),
	};

	return cmocka_run_group_tests_name("relay_ask", tests, NULL, NULL);
}
