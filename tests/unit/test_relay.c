/* The module's state machine for the worker's frames: which frame is legal in which phase. */
#include "relay.h"

#include <errno.h>
#include <setjmp.h>
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

static const enum sf_wire_type all_types[] = {SF_WIRE_END, SF_WIRE_JOB, SF_WIRE_RESPONSE,
    SF_WIRE_VERDICT, SF_WIRE_SHOW, SF_WIRE_ASK, SF_WIRE_FACTS, SF_WIRE_DONE, SF_WIRE_FAIL,
    SF_WIRE_FIND, SF_WIRE_STORE, SF_WIRE_ERASE, SF_WIRE_ITEM, SF_WIRE_NONE, SF_WIRE_LOCKED,
    SF_WIRE_NO_KEYRING, (enum sf_wire_type)255};

/* By hand, so that a slip in the module's table shows: all other cells are BROKEN. */
static enum sf_relay_phase expected(enum sf_relay_phase phase, enum sf_wire_type type)
{
	if (phase == SF_RELAY_STARTED && type == SF_WIRE_SHOW)
		return SF_RELAY_SHOWN;
	if (phase == SF_RELAY_SHOWN && type == SF_WIRE_FACTS)
		return SF_RELAY_FACTS;
	if (phase == SF_RELAY_STARTED && type == SF_WIRE_ASK)
		return SF_RELAY_ASKED;
	if (phase == SF_RELAY_SHOWN && type == SF_WIRE_ASK)
		return SF_RELAY_ASKED;
	if (phase == SF_RELAY_ASKED && type == SF_WIRE_FACTS)
		return SF_RELAY_FACTS;
	if (phase == SF_RELAY_JUDGED && type == SF_WIRE_DONE)
		return SF_RELAY_DONE;
	if (phase == SF_RELAY_DONE && type == SF_WIRE_END)
		return SF_RELAY_OVER;
	return SF_RELAY_BROKEN;
}

static void every_frame_is_legal_in_one_phase_at_most(void **state)
{
	(void)state;
	for (unsigned phase = 0; phase < SF_RELAY_PHASE_COUNT; phase++)
		for (size_t i = 0; i < SF_COUNT(all_types); i++)
			assert_int_equal(sf_relay_next((enum sf_relay_phase)phase, all_types[i]),
			    expected((enum sf_relay_phase)phase, all_types[i]));
}

static void every_frame_that_is_not_legal_now_breaks_the_sign_in(void **state)
{
	static const enum sf_relay_phase waiting[] = {
	    SF_RELAY_STARTED, SF_RELAY_SHOWN, SF_RELAY_ASKED, SF_RELAY_JUDGED, SF_RELAY_DONE};

	(void)state;
	for (size_t p = 0; p < SF_COUNT(waiting); p++) {
		for (size_t i = 0; i < SF_COUNT(all_types); i++) {
			struct script script = {.fds = {-1, -1}};
			enum sf_err want = SF_E_PROTOCOL;

			if (expected(waiting[p], all_types[i]) != SF_RELAY_BROKEN)
				continue;
			if (all_types[i] == SF_WIRE_FAIL && waiting[p] != SF_RELAY_DONE)
				want = SF_E_EXPIRED;
			if (all_types[i] == SF_WIRE_END)
				want = SF_E_WORKER;
			/* Asked again: the answer did not do. */
			if (all_types[i] == SF_WIRE_ASK && waiting[p] == SF_RELAY_ASKED)
				want = SF_E_WRONG_INPUT;
			advance(&script, waiting[p]);
			say(&script, all_types[i]);
			assert_int_equal(await(&script, waiting[p]), want);
			assert_int_equal(script.e.code, want);
			assert_int_equal(script.e.sys, 0);
			assert_int_equal(script.relay.phase, SF_RELAY_BROKEN);
			assert_int_equal(script.relay.is_unlawful, want == SF_E_PROTOCOL);
			stop(&script);
		}
	}
}

static void a_sign_in_goes_from_show_to_end_of_file(void **state)
{
	struct script script = {.fds = {-1, -1}};
	struct sf_frame frame;
	bool yes = false;

	(void)state;
	advance(&script, SF_RELAY_DONE);
	say(&script, SF_WIRE_END);
	assert_int_equal(sf_relay_finish(&script.relay, &script.e), SF_OK);
	assert_int_equal(script.relay.phase, SF_RELAY_OVER);
	assert_int_equal(sf_relay_token(&script.relay, /* is_clean= */ true), SF_TOKEN_STATE_KEPT);
	/* What the worker got. */
	assert_int_equal(
	    sf_wire_recv(script.fds[1], sf_clock_now_ms() + 1000, &frame, &script.e), SF_OK);
	assert_int_equal(frame.type, SF_WIRE_JOB);
	assert_int_equal(
	    sf_wire_recv(script.fds[1], sf_clock_now_ms() + 1000, &frame, &script.e), SF_OK);
	assert_int_equal(frame.type, SF_WIRE_VERDICT);
	assert_int_equal(sf_wire_flag(&frame, SF_TAG_YES, &yes, &script.e), SF_OK);
	assert_true(yes);
	stop(&script);
}

static void facts_told_twice_do_not_count_as_done(void **state)
{
	struct script script = {.fds = {-1, -1}};

	(void)state;
	start(&script, SF_JOB_LOGIN);
	say(&script, SF_WIRE_SHOW);
	say(&script, SF_WIRE_FACTS);
	say(&script, SF_WIRE_FACTS);
	say(&script, SF_WIRE_DONE);
	assert_int_equal(show(&script), SF_OK);
	assert_int_equal(facts(&script), SF_OK);
	assert_int_equal(sf_relay_verdict(&script.relay, true, &script.e), SF_OK);
	assert_int_equal(sf_relay_finish(&script.relay, &script.e), SF_E_PROTOCOL);
	stop(&script);
}

static void done_without_end_of_file_is_not_over(void **state)
{
	struct script script = {.fds = {-1, -1}};

	(void)state;
	advance(&script, SF_RELAY_DONE);
	script.relay.deadline_ms = sf_clock_now_ms() + 50;
	assert_int_equal(sf_relay_finish(&script.relay, &script.e), SF_E_UNAVAILABLE);
	assert_int_equal(script.e.sys, ETIMEDOUT);
	assert_int_equal(script.relay.phase, SF_RELAY_BROKEN);
	stop(&script);
}

static void a_verdict_is_given_once_and_only_after_facts(void **state)
{
	struct script script = {.fds = {-1, -1}};

	(void)state;
	advance(&script, SF_RELAY_SHOWN);
	assert_int_equal(sf_relay_verdict(&script.relay, true, &script.e), SF_E_BUG);
	assert_int_equal(script.e.sys, 0);
	stop(&script);
	advance(&script, SF_RELAY_JUDGED);
	assert_int_equal(sf_relay_verdict(&script.relay, true, &script.e), SF_E_BUG);
	stop(&script);
}

static void after_a_failure_nothing_goes_on(void **state)
{
	struct script script = {.fds = {-1, -1}};

	(void)state;
	start(&script, SF_JOB_LOGIN);
	say(&script, SF_WIRE_FAIL);
	say(&script, SF_WIRE_SHOW);
	say(&script, SF_WIRE_FACTS);
	assert_int_equal(show(&script), SF_E_EXPIRED);
	assert_int_equal(show(&script), SF_E_PROTOCOL);
	assert_int_equal(facts(&script), SF_E_PROTOCOL);
	assert_int_equal(sf_relay_verdict(&script.relay, true, &script.e), SF_E_BUG);
	stop(&script);
}

static void a_worker_that_dies_with_a_token_leaves_an_orphan(void **state)
{
	struct script script = {.fds = {-1, -1}};

	(void)state;
	advance(&script, SF_RELAY_STARTED);
	assert_int_equal(sf_relay_token(&script.relay, /* is_clean= */ false), SF_TOKEN_STATE_NONE);
	stop(&script);
	/* It may have had a token before it was killed; one that ends by itself has revoked it. */
	advance(&script, SF_RELAY_SHOWN);
	assert_int_equal(sf_relay_token(&script.relay, /* is_clean= */ true), SF_TOKEN_STATE_NONE);
	assert_int_equal(
	    sf_relay_token(&script.relay, /* is_clean= */ false), SF_TOKEN_STATE_ORPHANED);
	stop(&script);
	advance(&script, SF_RELAY_JUDGED);
	close(script.fds[1]);
	script.fds[1] = -1;
	assert_int_not_equal(sf_relay_finish(&script.relay, &script.e), SF_OK);
	assert_int_equal(
	    sf_relay_token(&script.relay, /* is_clean= */ true), SF_TOKEN_STATE_ORPHANED);
	stop(&script);
}

/* The person answered so late that the worker had given up: its last word waits in the socket. */
static void a_worker_that_went_before_the_verdict_still_says_why(void **state)
{
	static const struct {
		enum sf_wire_type last;
		enum sf_err want;
	} rows[] = {{SF_WIRE_FAIL, SF_E_EXPIRED}, {SF_WIRE_DONE, SF_E_PROTOCOL},
	    {SF_WIRE_END, SF_E_WORKER}};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct script script = {.fds = {-1, -1}};

		start(&script, SF_JOB_LOGIN);
		say(&script, SF_WIRE_SHOW);
		say(&script, SF_WIRE_FACTS);
		say(&script, rows[i].last);
		close(script.fds[1]);
		script.fds[1] = -1;
		assert_int_equal(show(&script), SF_OK);
		assert_int_equal(facts(&script), SF_OK);
		assert_int_equal(sf_relay_verdict(&script.relay, true, &script.e), rows[i].want);
		assert_int_equal(script.relay.phase, SF_RELAY_BROKEN);
		assert_int_equal(script.e.sys, 0);
		assert_int_equal(script.relay.has_result, rows[i].last == SF_WIRE_FAIL);
		assert_int_not_equal(sf_relay_finish(&script.relay, &script.e), SF_OK);
		stop(&script);
	}
}

static void garbage_in_a_packet_is_unlawful(void **state)
{
	struct script script = {.fds = {-1, -1}};

	(void)state;
	start(&script, SF_JOB_LOGIN);
	assert_int_equal(send(script.fds[1], "garbage", 7, MSG_NOSIGNAL), 7);
	assert_int_equal(show(&script), SF_E_PROTOCOL);
	assert_true(script.relay.is_unlawful);
	stop(&script);
}

static void a_revocation_only_waits_for_its_end(void **state)
{
	struct script script = {.fds = {-1, -1}};

	(void)state;
	start(&script, SF_JOB_REVOKE);
	say(&script, SF_WIRE_DONE);
	say(&script, SF_WIRE_END);
	assert_int_equal(sf_relay_finish(&script.relay, &script.e), SF_OK);
	stop(&script);
	start(&script, SF_JOB_REVOKE);
	say(&script, SF_WIRE_SHOW);
	assert_int_equal(sf_relay_finish(&script.relay, &script.e), SF_E_PROTOCOL);
	stop(&script);
}

/* A frame that is legal now, of len bytes, in this phase -> what came of it. */
static enum sf_err try_bytes(enum sf_relay_phase phase, const uint8_t *bytes, size_t len)
{
	struct script script = {.fds = {-1, -1}};
	enum sf_err r;

	advance(&script, phase);
	assert_int_equal(send(script.fds[1], bytes, len, MSG_NOSIGNAL), len);
	assert_int_equal(shutdown(script.fds[1], SHUT_WR), 0);
	r = await(&script, phase);
	assert_int_equal(script.relay.phase == SF_RELAY_BROKEN, r != SF_OK);
	assert_int_equal(script.relay.is_unlawful, r == SF_E_PROTOCOL);
	stop(&script);
	return r;
}

static void a_legal_frame_is_taken_whole_or_not_at_all(void **state)
{
	static const enum sf_wire_type legal[] = {[SF_RELAY_STARTED] = SF_WIRE_SHOW,
	    [SF_RELAY_SHOWN] = SF_WIRE_FACTS,
	    [SF_RELAY_ASKED] = SF_WIRE_FACTS,
	    [SF_RELAY_JUDGED] = SF_WIRE_DONE};

	(void)state;
	for (unsigned p = 0; p < SF_COUNT(legal); p++) {
		enum sf_relay_phase phase = (enum sf_relay_phase)p;
		struct sf_frame frame = {0};

		if (phase == SF_RELAY_FACTS)
			continue;
		fill(&frame, legal[p]);
		assert_int_equal(try_bytes(phase, frame.bytes, frame.len), SF_OK);
		/* Facts may all be missing: their type alone is a frame. */
		for (size_t len = legal[p] == SF_WIRE_FACTS ? 2 : 1; len < frame.len; len++)
			assert_int_equal(try_bytes(phase, frame.bytes, len), SF_E_PROTOCOL);
		for (size_t more = 1; more <= frame.len; more++)
			assert_int_equal(
			    try_bytes(phase, frame.bytes, frame.len + more), SF_E_PROTOCOL);
		assert_int_equal(try_bytes(phase, frame.bytes, 0), SF_E_WORKER);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_frame_is_legal_in_one_phase_at_most),
	    cmocka_unit_test(every_frame_that_is_not_legal_now_breaks_the_sign_in),
	    cmocka_unit_test(a_sign_in_goes_from_show_to_end_of_file),
	    cmocka_unit_test(facts_told_twice_do_not_count_as_done),
	    cmocka_unit_test(done_without_end_of_file_is_not_over),
	    cmocka_unit_test(a_verdict_is_given_once_and_only_after_facts),
	    cmocka_unit_test(after_a_failure_nothing_goes_on),
	    cmocka_unit_test(a_worker_that_dies_with_a_token_leaves_an_orphan),
	    cmocka_unit_test(a_worker_that_went_before_the_verdict_still_says_why),
	    cmocka_unit_test(garbage_in_a_packet_is_unlawful),
	    cmocka_unit_test(a_legal_frame_is_taken_whole_or_not_at_all),
	    cmocka_unit_test(a_revocation_only_waits_for_its_end),
	};

	return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
