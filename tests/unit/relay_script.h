/*
 * A scripted worker on a socket pair, for the tests of relay: what it says waits there until the
 * module's half asks for it. cmocka.h comes first.
 */
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "facts_frame.h"
#include "relay.h"
#include "text.h"

/* A worker whose frames wait in the socket: [0] is the module's end, [1] the worker's. */
struct script {
	int fds[2];
	struct sf_relay relay;
	struct sf_error e;
};

static inline void start(struct script *script, enum sf_job_kind kind)
{
	struct sf_job job = {.kind = kind, .keep = true};

	job.deadline_ms = sf_clock_now_ms() + 1000;
	assert_true(
	    sf_text_copy(job.login_url, sizeof(job.login_url), "https://acme.my.salesforce.com"));
	assert_true(sf_text_copy(job.client_id, sizeof(job.client_id), "client"));
	assert_true(sf_text_copy(job.scope, sizeof(job.scope), "openid id"));
	assert_true(sf_text_copy(job.flow, sizeof(job.flow), "device"));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, script->fds), 0);
	assert_int_equal(sf_relay_start(&script->relay, script->fds[0], sf_clock_now_ms() + 1000,
			     &job, &script->e),
	    SF_OK);
}

static inline void stop(struct script *script)
{
	close(script->fds[0]);
	if (script->fds[1] >= 0)
		close(script->fds[1]);
}

static inline void fill(struct sf_frame *frame, enum sf_wire_type type)
{
	const struct sf_show show = {
	    .verification_uri = "https://acme.my.salesforce.com/setup/connect",
	    .user_code = "K7P2QW4Z",
	    .life_s = 600};
	const struct sf_facts facts = {.username = "ada@acme.example"};
	struct sf_job_result end = {.token = SF_TOKEN_STATE_KEPT, .landlock = 3};

	switch (type) {
	case SF_WIRE_SHOW:
		sf_show_to_frame(&show, frame);
		return;
	case SF_WIRE_FACTS:
		sf_facts_to_frame(&facts, frame);
		return;
	case SF_WIRE_FAIL:
		end.error.code = SF_E_EXPIRED;
		end.token = SF_TOKEN_STATE_NONE;
		sf_job_result_to_frame(&end, frame);
		return;
	case SF_WIRE_DONE:
		sf_job_result_to_frame(&end, frame);
		return;
	case SF_WIRE_VERDICT:
		sf_wire_begin(frame, type);
		sf_wire_put_flag(frame, SF_TAG_YES, true);
		return;
	case SF_WIRE_ASK:
		sf_ask_to_frame(SF_ASK_PASSWORD, frame);
		return;
	default: /* one that has no fields, if any has none */
		sf_wire_begin(frame, type);
		return;
	}
}

/* Let the worker say this; past the last frame it closes its sending side. */
static inline void say(struct script *script, enum sf_wire_type type)
{
	struct sf_frame frame = {0};

	if (type == SF_WIRE_END) {
		assert_int_equal(shutdown(script->fds[1], SHUT_WR), 0);
		return;
	}
	fill(&frame, type);
	/* Not sf_wire_send: a worker gone bad does not check what it sends. */
	assert_true(send(script->fds[1], frame.bytes, frame.len, MSG_NOSIGNAL) > 0);
}

static inline enum sf_err show(struct script *script)
{
	struct sf_show got;

	return sf_relay_show(&script->relay, /* has_code= */ true, &got, &script->e);
}

static inline enum sf_err asked(struct script *script)
{
	return sf_relay_asked(&script->relay, SF_ASK_PASSWORD, &script->e);
}

static inline enum sf_err facts(struct script *script)
{
	struct sf_facts got;

	return sf_relay_facts(&script->relay, /* answer= */ NULL, &got, &script->e);
}

/* Bring the sign-in to where it waits for a frame in this phase. */
static inline void advance(struct script *script, enum sf_relay_phase phase)
{
	start(script, SF_JOB_LOGIN);
	if (phase == SF_RELAY_STARTED)
		return;
	if (phase == SF_RELAY_ASKED) {
		say(script, SF_WIRE_ASK);
		assert_int_equal(asked(script), SF_OK);
		return;
	}
	say(script, SF_WIRE_SHOW);
	assert_int_equal(show(script), SF_OK);
	if (phase == SF_RELAY_SHOWN)
		return;
	say(script, SF_WIRE_FACTS);
	assert_int_equal(facts(script), SF_OK);
	assert_int_equal(sf_relay_verdict(&script->relay, true, &script->e), SF_OK);
	if (phase == SF_RELAY_DONE)
		say(script, SF_WIRE_DONE);
}

/* What waits for a frame in this phase. */
static inline enum sf_err await(struct script *script, enum sf_relay_phase phase)
{
	switch (phase) {
	case SF_RELAY_STARTED:
		return show(script);
	case SF_RELAY_SHOWN:
	case SF_RELAY_ASKED:
		return facts(script);
	default:
		return sf_relay_finish(&script->relay, &script->e);
	}
}
