#include "relay.h"

#include <string.h>

#include "facts_frame.h"

#include "banned.h"

/* Everything that leads on. What is not here leads to BROKEN: also a fact told twice. */
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
    /* FACTS to JUDGED is the module's own step: no frame may come in between. */
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

/* May the worker give up in this phase? After DONE it has nothing left to fail at. */
static bool may_fail(enum sf_relay_phase phase)
{
	return phase <= SF_RELAY_ASKED || phase == SF_RELAY_JUDGED;
}

/* A FAIL frame: its code becomes our own failure. It never is "ok". */
static enum sf_err take_failure(
    struct sf_relay *relay, const struct sf_frame *frame, struct sf_error *e)
{
	struct sf_job_result end;
	enum sf_err r = sf_job_result_from_frame(frame, &end, e);

	if (r == SF_OK && (end.error.code <= SF_OK || end.error.code >= SF_ERR_COUNT))
		r = SF_FAIL(e, SF_E_PROTOCOL, 0, "the worker failed without a reason");
	if (r != SF_OK) {
		relay->is_unlawful = true;
		return r;
	}
	relay->result = end;
	relay->has_result = true;
	*e = end.error;
	return end.error.code;
}

/* Receive the frame that leads from here to wanted. */
static enum sf_err receive(struct sf_relay *relay, enum sf_relay_phase wanted,
    struct sf_frame *ret_frame, struct sf_error *e)
{
	enum sf_relay_phase from = relay->phase;
	enum sf_err r = SF_OK;

	relay->phase = SF_RELAY_BROKEN; /* until it is known better */
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
	/* One prompt is one attempt: a decoy has no more to offer. */
	if (from == SF_RELAY_ASKED && ret_frame->type == SF_WIRE_ASK)
		return SF_FAIL(e, SF_E_DENIED, 0, "the answer was not what was asked for");
	if (next != wanted) {
		relay->is_unlawful = true;
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the worker sent frame %d in phase %d",
		    (int)ret_frame->type, (int)from);
	}
	relay->phase = next;
	return SF_OK;
}

/* A frame that is legal now but whose content is not usable. */
static enum sf_err refuse(struct sf_relay *relay, enum sf_err r)
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

	/* A job without a dialogue begins where only its end is missing. */
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
		r = SF_FAIL(e, SF_E_PROTOCOL, 0, "the worker shows what its flow has not");
	return refuse(relay, r);
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
		r = SF_FAIL(e, SF_E_PROTOCOL, 0, "the worker asks for what its flow has not");
	return refuse(relay, r);
}

enum sf_err sf_relay_facts(struct sf_relay *relay, const struct sf_secret *answer,
    struct sf_facts *ret_facts, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame = {0};
	enum sf_err r = SF_OK;

	if (answer) {
		sf_wire_begin(&frame, SF_WIRE_RESPONSE);
		sf_wire_put_secret(&frame, SF_TAG_TEXT, answer);
		r = sf_wire_send(relay->fd, &frame, relay->deadline_ms, e);
		sf_frame_wipep(&frame);
	}
	/* A worker that did not wait for it has said why. */
	if (r == SF_OK || r == SF_E_WORKER)
		r = receive(relay, SF_RELAY_FACTS, &frame, e);
	if (r != SF_OK)
		return r;
	relay->has_facts = true;
	return refuse(relay, sf_facts_from_frame(&frame, ret_facts, e));
}

/* The worker went before it heard a verdict. Only a failure can be its last word then. */
static enum sf_err take_last_word(struct sf_relay *relay, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame = {0};

	relay->phase = SF_RELAY_JUDGED;

	enum sf_err r = receive(relay, SF_RELAY_DONE, &frame, e);

	if (r == SF_OK)
		r = refuse(relay, SF_FAIL(e, SF_E_PROTOCOL, 0, "the worker awaited no verdict"));
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
		r = refuse(relay, sf_job_result_from_frame(&frame, &relay->result, e));
	if (r != SF_OK)
		return r;
	relay->has_result = true;
	return receive(relay, SF_RELAY_OVER, &frame, e);
}

enum sf_token_state sf_relay_token(const struct sf_relay *relay)
{
	if (relay->has_result)
		return relay->result.token;
	return relay->has_facts ? SF_TOKEN_STATE_ORPHANED : SF_TOKEN_STATE_NONE;
}

bool sf_relay_is_flow_closed(const struct sf_relay *relay)
{
	return relay->has_result && relay->result.app == SF_APP_FAULT_FLOW;
}
