/*
 * The module's half of a sign-in with the worker: which frame is legal in which phase. The table
 * is relay.c's; everything that is not in it is PROTOCOL, and the caller then kills the worker.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "job.h"
#include "ui.h"
#include "watch.h"
#include "wire.h"

enum sf_relay_phase {
	SF_RELAY_STARTED, /* the job is sent */
	SF_RELAY_SHOWN,   /* address and code are known */
	SF_RELAY_ASKED,   /* the worker waits for what the person types */
	SF_RELAY_FACTS,   /* who signed in is known, the verdict is the module's to give */
	SF_RELAY_JUDGED,  /* the verdict is sent */
	SF_RELAY_DONE,    /* the worker has finished; only its end of file is missing */
	SF_RELAY_OVER,    /* end of file after DONE */
	SF_RELAY_BROKEN,  /* a failure, whoever's */
	SF_RELAY_PHASE_COUNT
};

/* What a frame does in a phase: the phase it leads to. */
enum sf_relay_phase sf_relay_next(enum sf_relay_phase phase, enum sf_wire_type type);

struct sf_relay {
	int fd;                       /* frames; borrowed */
	int64_t deadline_ms;          /* clock.h */
	const struct sf_watch *watch; /* borrowed; NULL: only the deadline ends a wait */
	enum sf_relay_phase phase;
	bool has_facts;              /* the worker holds, or held, a token */
	bool is_unlawful;            /* it sent what it may not: kill it */
	bool has_result;             /* result is filled, from DONE or FAIL */
	struct sf_job_result result; /* the worker's last words */
};

/*
 * In this order. Each fails with what the worker's FAIL says, with PROTOCOL (a frame that is not
 * legal now, or malformed), WORKER (it ended too early), UNAVAILABLE with sys ETIMEDOUT, or as
 * sf_watch_wait. sf_relay_start clears relay->watch; the caller sets it afterwards.
 */
SF_CHECKED enum sf_err sf_relay_start(struct sf_relay *relay, int fd, int64_t deadline_ms,
    const struct sf_job *job, struct sf_error *e);
/* has_code: the flow shows a code, else an address alone; the other of both is PROTOCOL. */
SF_CHECKED enum sf_err sf_relay_show(
    struct sf_relay *relay, bool has_code, struct sf_show *ret_show, struct sf_error *e);
/* Only where the flow has it: the worker asks for what, and for nothing else. */
SF_CHECKED enum sf_err sf_relay_asked(struct sf_relay *relay, enum sf_ask what, struct sf_error *e);
/* answer goes to a worker that has asked; NULL after SHOW alone. */
SF_CHECKED enum sf_err sf_relay_facts(struct sf_relay *relay, const struct sf_secret *answer,
    struct sf_facts *ret_facts, struct sf_error *e);
SF_CHECKED enum sf_err sf_relay_verdict(struct sf_relay *relay, bool yes, struct sf_error *e);
/* DONE, then end of file. relay->result says what became of the token. */
SF_CHECKED enum sf_err sf_relay_finish(struct sf_relay *relay, struct sf_error *e);

/* What became of the token, as far as the worker could still say it. */
enum sf_token_state sf_relay_token(const struct sf_relay *relay);

/* Has Salesforce said that the app does not have this flow? Then the next one is worth trying. */
bool sf_relay_is_flow_closed(const struct sf_relay *relay);
