/*
 * The protocol with the worker as a table of phases and frames. The worker reads what a server
 * sends and may be compromised, so every frame that the table does not allow breaks the relay.
 */
#include "relay.h"

#include <string.h>

#include "facts_frame.h"

#include "banned.h"

/* The legal frames. Every other pair leads to BROKEN, also a second FACTS frame. */
static const struct step {
	enum sf_relay_phase phase;
	enum sf_wire_type type;
	enum sf_relay_phase next;
} steps[] = {
    {SF_RELAY_STARTED, SF_WIRE_SHOW, SF_RELAY_SHOWN},
    {SF_RELAY_STARTED, SF_WIRE_ASK, SF_RELAY_ASKED},
    {SF_RELAY_SHOWN, SF_WIRE_ASK, SF_RELAY_ASKED},
    {SF_RELAY_SHOWN, SF_WIRE_FACTS, SF_RELAY_FACTS},
    {SF_RELAY_ASKED, SF_WIRE_FACTS, SF_RELAY_FACTS},
    /* FACTS to JUDGED is the module's own step, the verdict: no frame is legal before it. */
    {SF_RELAY_JUDGED, SF_WIRE_DONE, SF_RELAY_DONE},
    {SF_RELAY_DONE, SF_WIRE_END, SF_RELAY_OVER},
};

enum sf_relay_phase sf_relay_next(enum sf_relay_phase phase, enum sf_wire_type type)
{
	for (size_t i = 0; i < SF_COUNT(steps); i++)
		if (steps[i].phase == phase && steps[i].type == type)
			return steps[i].next;
	return SF_RELAY_BROKEN;
}

/* Is a FAIL frame legal in this phase? Not while the module decides, and not after DONE. */
static bool may_fail(enum sf_relay_phase phase)
{
	return phase <= SF_RELAY_ASKED || phase == SF_RELAY_JUDGED;
}

/* Take a FAIL frame: its code becomes this call's. A code of SF_OK must not count as success. */
static enum sf_err take_failure(
    struct sf_relay *relay, const struct sf_frame *frame, struct sf_error *e)
{
	struct sf_job_result result;
	enum sf_err r = sf_job_result_from_frame(frame, &result, e);

	if (r == SF_OK && (result.error.code <= SF_OK || result.error.code >= SF_ERR_COUNT))
		r = SF_FAIL(e, SF_E_PROTOCOL, 0, "FAIL from the worker has code %d, not an error",
		    (int)result.error.code);
	if (r != SF_OK) {
		relay->is_unlawful = true;
		return r;
	}
	relay->result = result;
	relay->has_result = true;
	*e = result.error;
	return result.error.code;
}

/* Receive the next frame, which must lead to the phase wanted. */
static enum sf_err receive(struct sf_relay *relay, enum sf_relay_phase wanted,
    struct sf_frame *ret_frame, struct sf_error *e)
{
	enum sf_relay_phase from = relay->phase;
	enum sf_err r = SF_OK;

	relay->phase = SF_RELAY_BROKEN; /* fail closed: every early return leaves it so */
	r = sf_watch_wait(relay->watch, relay->fd, relay->deadline_ms, e);
	if (r == SF_OK)
		r = sf_wire_recv(relay->fd, relay->deadline_ms, ret_frame, e);
	if (r != SF_OK) {
		relay->is_unlawful = r == SF_E_PROTOCOL;
		return r;
	}
	if (ret_frame->type == SF_WIRE_FAIL && may_fail(from))
		return take_failure(relay, ret_frame, e);

	enum sf_relay_phase next = sf_relay_next(from, ret_frame->type);

	if (next == SF_RELAY_BROKEN && ret_frame->type == SF_WIRE_END)
		return SF_FAIL(e, SF_E_WORKER, 0, "the worker ended in phase %d", (int)from);
	/* A second ASK would be a second attempt behind one prompt. A decoy has only one, too. */
	if (from == SF_RELAY_ASKED && ret_frame->type == SF_WIRE_ASK)
		return SF_FAIL(e, SF_E_WRONG_INPUT, 0, "the worker rejected what was typed");
	if (next != wanted) {
		relay->is_unlawful = true;
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the worker sent frame %d in phase %d",
		    (int)ret_frame->type, (int)from);
	}
	relay->phase = next;
	relay->is_begun = true;
	return SF_OK;
}

/* Break the relay if r is a failure: the frame was legal, but its content was not. Returns r. */
static enum sf_err reject_content(struct sf_relay *relay, enum sf_err r)
{
	if (r != SF_OK) {
		relay->phase = SF_RELAY_BROKEN;
		relay->is_unlawful = true;
	}
	return r;
}

enum sf_err sf_relay_start(struct sf_relay *relay, int fd, int64_t deadline_ms,
    const struct sf_job *job, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame = {0};

	memset(relay, 0, sizeof(*relay));
	relay->fd = fd;
	relay->deadline_ms = deadline_ms;
	relay->phase = SF_RELAY_BROKEN;
	sf_job_to_frame(job, &frame);

	enum sf_err r = sf_wire_send(fd, &frame, deadline_ms, e);

	/* Other jobs have no dialogue and no verdict: DONE is the next frame. */
	if (r == SF_OK)
		relay->phase = job->kind == SF_JOB_LOGIN ? SF_RELAY_STARTED : SF_RELAY_JUDGED;
	return r;
}

enum sf_err sf_relay_show(
    struct sf_relay *relay, bool has_code, struct sf_show *ret_show, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame = {0};
	enum sf_err r = receive(relay, SF_RELAY_SHOWN, &frame, e);

	if (r != SF_OK)
		return r;
	r = sf_show_from_frame(&frame, ret_show, e);
	if (r == SF_OK && (ret_show->user_code[0] != '\0') != has_code)
		r = SF_FAIL(e, SF_E_PROTOCOL, 0, "SHOW from the worker has %s code",
		    has_code ? "no" : "an unexpected");
	return reject_content(relay, r);
}

enum sf_err sf_relay_asked(struct sf_relay *relay, enum sf_ask what, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame = {0};
	enum sf_ask got = SF_ASK_COUNT;
	enum sf_err r = receive(relay, SF_RELAY_ASKED, &frame, e);

	if (r != SF_OK)
		return r;
	r = sf_ask_from_frame(&frame, &got, e);
	if (r == SF_OK && got != what)
		r = SF_FAIL(e, SF_E_PROTOCOL, 0, "the worker asked for %d, its flow needs %d",
		    (int)got, (int)what);
	return reject_content(relay, r);
}

enum sf_err sf_relay_facts(struct sf_relay *relay, const struct sf_secret *response,
    struct sf_facts *ret_facts, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame = {0};
	enum sf_err r = SF_OK;

	if (response) {
		sf_wire_begin(&frame, SF_WIRE_RESPONSE);
		sf_wire_put_secret(&frame, SF_TAG_TEXT, response);
		r = sf_wire_send(relay->fd, &frame, relay->deadline_ms, e);
		sf_frame_wipep(&frame);
	}
	/* WORKER: it has ended already. Its FAIL frame, which says why, is still to be read. */
	if (r == SF_OK || r == SF_E_WORKER)
		r = receive(relay, SF_RELAY_FACTS, &frame, e);
	if (r != SF_OK)
		return r;
	relay->has_facts = true;
	return reject_content(relay, sf_facts_from_frame(&frame, ret_facts, e));
}

/* The worker ended before the verdict was sent. Its last frame must then be FAIL. */
static enum sf_err take_last_word(struct sf_relay *relay, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame = {0};

	relay->phase = SF_RELAY_JUDGED;

	enum sf_err r = receive(relay, SF_RELAY_DONE, &frame, e);

	if (r == SF_OK)
		r = reject_content(
		    relay, SF_FAIL(e, SF_E_PROTOCOL, 0, "DONE from the worker before a verdict"));
	return r;
}

enum sf_err sf_relay_verdict(struct sf_relay *relay, bool yes, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame = {0};

	if (relay->phase != SF_RELAY_FACTS)
		return SF_FAIL(
		    e, SF_E_BUG, 0, "a verdict in phase %d of a sign-in", (int)relay->phase);
	relay->phase = SF_RELAY_BROKEN;
	sf_wire_begin(&frame, SF_WIRE_VERDICT);
	sf_wire_put_flag(&frame, SF_TAG_YES, yes);

	enum sf_err r = sf_wire_send(relay->fd, &frame, relay->deadline_ms, e);

	if (r == SF_OK)
		relay->phase = SF_RELAY_JUDGED;
	return r == SF_E_WORKER ? take_last_word(relay, e) : r;
}

enum sf_err sf_relay_finish(struct sf_relay *relay, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame = {0};
	enum sf_err r = receive(relay, SF_RELAY_DONE, &frame, e);

	if (r == SF_OK)
		r = reject_content(relay, sf_job_result_from_frame(&frame, &relay->result, e));
	if (r != SF_OK)
		return r;
	relay->has_result = true;
	return receive(relay, SF_RELAY_OVER, &frame, e);
}

enum sf_token_state sf_relay_token(const struct sf_relay *relay, bool is_clean)
{
	if (relay->has_result)
		return relay->result.token;
	return relay->has_facts || (relay->is_begun && !is_clean) ? SF_TOKEN_STATE_ORPHANED
								  : SF_TOKEN_STATE_NONE;
}

bool sf_relay_is_flow_closed(const struct sf_relay *relay)
{
	return relay->has_result && relay->result.app == SF_APP_FAULT_FLOW;
}
