/* The same state machine when the worker fails, disappears or breaks the protocol. */
#include "relay.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay_script.h"

#include "banned.h"

static void a_failure_that_says_ok_is_no_success(void **state)
{
	struct script script = {.fds = {-1, -1}};
	struct sf_job_result end = {.error.code = SF_E_EXPIRED};
	struct sf_frame frame = {0};
	static const uint8_t code[] = {SF_TAG_ERR, 0, 4, 0, 0, 0, SF_E_EXPIRED};
	uint8_t *at;

	(void)state;
	start(&script, SF_JOB_LOGIN);
	sf_job_result_to_frame(&end, &frame);
	at = memmem(frame.bytes, frame.len, code, sizeof(code));
	assert_non_null(at);
	at[sizeof(code) - 1] = SF_OK;
	assert_true(send(script.fds[1], frame.bytes, frame.len, MSG_NOSIGNAL) > 0);
	assert_int_equal(show(&script), SF_E_PROTOCOL);
	assert_true(script.relay.is_unlawful);
	assert_false(script.relay.has_result);
	stop(&script);
}

static void a_failure_says_what_became_of_the_token(void **state)
{
	const struct sf_job_result end = {
	    .error.code = SF_E_DENIED, .token = SF_TOKEN_STATE_REVOKED};
	struct script script = {.fds = {-1, -1}};
	struct sf_frame frame = {0};

	(void)state;
	advance(&script, SF_RELAY_SHOWN);
	sf_job_result_to_frame(&end, &frame);
	assert_true(send(script.fds[1], frame.bytes, frame.len, MSG_NOSIGNAL) > 0);
	assert_int_equal(facts(&script), SF_E_DENIED);
	assert_int_equal(
	    sf_relay_token(&script.relay, /* is_clean= */ true), SF_TOKEN_STATE_REVOKED);
	assert_false(script.relay.is_unlawful);
	stop(&script);
}

/* What the row is called decides nothing: a renamed row must not change who gets in how. */
static void the_next_flow_is_opened_by_type_and_not_by_name(void **state)
{
	static const struct {
		const char *row;
		enum sf_app_fault app;
		bool is_closed;
	} cases[] = {
	    {"device_flow_off", SF_APP_FAULT_NONE, false},
	    {"renamed", SF_APP_FAULT_FLOW, true},
	    {"renamed", SF_APP_FAULT_OTHER, false},
	    {"renamed", SF_APP_FAULT_PROOF, false},
	    {"renamed", SF_APP_FAULT_UNKNOWN, false},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		struct sf_job_result end = {.error.code = SF_E_APP, .app = cases[i].app};
		struct script script = {.fds = {-1, -1}};
		struct sf_frame frame = {0};

		assert_true(sf_text_copy(end.row, sizeof(end.row), cases[i].row));
		start(&script, SF_JOB_LOGIN);
		assert_false(sf_relay_is_flow_closed(&script.relay));
		sf_job_result_to_frame(&end, &frame);
		assert_true(send(script.fds[1], frame.bytes, frame.len, MSG_NOSIGNAL) > 0);
		assert_int_equal(show(&script), SF_E_APP);
		assert_int_equal(sf_relay_is_flow_closed(&script.relay), cases[i].is_closed);
		stop(&script);
	}
}

/* A code of words: a frame that is whole, but not what may be shown. */
static void what_may_not_be_shown_is_unlawful(void **state)
{
	const struct sf_show words = {
	    .verification_uri = "https://acme.my.salesforce.com", .user_code = "call us"};
	struct script script = {.fds = {-1, -1}};
	struct sf_frame frame = {0};

	(void)state;
	start(&script, SF_JOB_LOGIN);
	sf_show_to_frame(&words, &frame);
	assert_true(send(script.fds[1], frame.bytes, frame.len, MSG_NOSIGNAL) > 0);
	assert_int_equal(show(&script), SF_E_PROTOCOL);
	assert_int_equal(script.relay.phase, SF_RELAY_BROKEN);
	assert_true(script.relay.is_unlawful);
	stop(&script);
}

static void what_is_shown_is_what_the_worker_said(void **state)
{
	struct script script = {.fds = {-1, -1}};
	struct sf_show got = {.user_code = ""};

	(void)state;
	start(&script, SF_JOB_LOGIN);
	say(&script, SF_WIRE_SHOW);
	assert_int_equal(
	    sf_relay_show(&script.relay, /* has_code= */ true, &got, &script.e), SF_OK);
	assert_string_equal(got.user_code, "K7P2QW4Z");
	stop(&script);
}

static void an_address_alone_is_shown_where_the_flow_has_no_code(void **state)
{
	const struct sf_show page = {.verification_uri = "https://acme.my.salesforce.com/x"};
	struct sf_frame frame = {0};
	struct sf_show got;

	(void)state;
	for (int has_code = 0; has_code <= 1; has_code++) {
		struct script script = {.fds = {-1, -1}};

		start(&script, SF_JOB_LOGIN);
		sf_show_to_frame(&page, &frame);
		assert_true(send(script.fds[1], frame.bytes, frame.len, MSG_NOSIGNAL) > 0);
		assert_int_equal(sf_relay_show(&script.relay, has_code == 1, &got, &script.e),
		    has_code == 1 ? SF_E_PROTOCOL : SF_OK);
		if (has_code == 1)
			assert_string_equal(script.e.detail, "SHOW from the worker has no code");
		assert_int_equal(script.e.sys, 0);
		stop(&script);
	}
}

static void a_worker_that_ends_asks_nothing(void **state)
{
	struct script script = {.fds = {-1, -1}};

	(void)state;
	start(&script, SF_JOB_LOGIN);
	say(&script, SF_WIRE_END);
	assert_int_equal(sf_relay_asked(&script.relay, SF_ASK_PASSWORD, &script.e), SF_E_WORKER);
	stop(&script);
}

static void a_person_who_has_gone_ends_the_wait_for_the_worker(void **state)
{
	const struct sf_watch_peer peer = {.rhost = "192.0.2.1"};
	struct script script = {.fds = {-1, -1}};
	struct sf_watch watch = {0};
	sigset_t set, before;
	int number = 0;

	(void)state;
	start(&script, SF_JOB_LOGIN);
	say(&script, SF_WIRE_SHOW);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, &before), 0);
	sf_watch_begin(&watch, &peer);
	script.relay.watch = &watch;
	assert_int_equal(raise(SIGINT), 0);
	assert_int_equal(show(&script), SF_E_INTERRUPTED);
	assert_false(script.relay.is_unlawful);
	sf_watch_endp(&watch);
	assert_int_equal(sigwait(&set, &number), 0);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
	stop(&script);
}

static void a_start_forgets_what_was_before(void **state)
{
	struct script script = {.fds = {-1, -1}};

	(void)state;
	memset(&script.relay, 0xff, sizeof(script.relay));
	start(&script, SF_JOB_LOGIN);
	assert_false(script.relay.is_unlawful);
	assert_false(script.relay.has_facts);
	assert_false(script.relay.has_result);
	stop(&script);
}

static void what_cannot_be_sent_breaks_the_sign_in(void **state)
{
	struct script script = {.fds = {-1, -1}};
	const struct sf_job job = {.kind = SF_JOB_REVOKE, .deadline_ms = 1};

	(void)state;
	script.relay.phase = SF_RELAY_JUDGED;
	assert_int_not_equal(sf_relay_start(&script.relay, -1, 1, &job, &script.e), SF_OK);
	assert_int_equal(script.relay.phase, SF_RELAY_BROKEN);
	start(&script, SF_JOB_LOGIN);
	say(&script, SF_WIRE_SHOW);
	say(&script, SF_WIRE_FACTS);
	assert_int_equal(show(&script), SF_OK);
	assert_int_equal(facts(&script), SF_OK);
	script.relay.fd = -1;
	assert_int_equal(sf_relay_verdict(&script.relay, true, &script.e), SF_E_SYSTEM);
	assert_int_equal(script.relay.phase, SF_RELAY_BROKEN);
	stop(&script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_failure_that_says_ok_is_no_success),
	    cmocka_unit_test(a_failure_says_what_became_of_the_token),
	    cmocka_unit_test(the_next_flow_is_opened_by_type_and_not_by_name),
	    cmocka_unit_test(what_may_not_be_shown_is_unlawful),
	    cmocka_unit_test(what_is_shown_is_what_the_worker_said),
	    cmocka_unit_test(an_address_alone_is_shown_where_the_flow_has_no_code),
	    cmocka_unit_test(a_worker_that_ends_asks_nothing),
	    cmocka_unit_test(a_person_who_has_gone_ends_the_wait_for_the_worker),
	    cmocka_unit_test(a_start_forgets_what_was_before),
	    cmocka_unit_test(what_cannot_be_sent_breaks_the_sign_in),
	};

	return cmocka_run_group_tests_name("relay_trouble", tests, NULL, NULL);
}
