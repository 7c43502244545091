/*
 * The module's side of the protocol with the worker: which frame is legal in which phase. The table
 * is in relay.c. A frame that is not in it is PROTOCOL; the caller then kills the worker.
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
	SF_RELAY_STARTED, /* JOB was sent */
	SF_RELAY_SHOWN,   /* SHOW came: address and code are known */
	SF_RELAY_ASKED,   /* ASK came: the worker waits for the response */
	SF_RELAY_FACTS,   /* FACTS came: the module has to send a verdict */
	SF_RELAY_JUDGED,  /* VERDICT was sent */
	SF_RELAY_DONE,    /* DONE came; only end of file is missing */
	SF_RELAY_OVER,    /* end of file after DONE */
	SF_RELAY_BROKEN,  /* a failure of either side */
	SF_RELAY_PHASE_COUNT
};

/* The phase that a frame from the worker leads to. */
enum sf_relay_phase sf_relay_next(enum sf_relay_phase phase, enum sf_wire_type type);

struct sf_relay {
	int fd;                       /* frames; borrowed */
	int64_t deadline_ms;          /* clock.h */
	const struct sf_watch *watch; /* borrowed; NULL: wait until the deadline */
	enum sf_relay_phase phase;
	bool is_begun;               /* the worker has sent a frame: it may hold a token */
	bool has_facts;              /* the worker holds, or held, a token */
	bool is_unlawful;            /* it sent an illegal or malformed frame: kill it */
	bool has_result;             /* result is filled, from DONE or FAIL */
	struct sf_job_result result; /* of the job */
};

/*
 * The calls are made in this order. Each fails with the code of the worker's FAIL frame, PROTOCOL
 * (a frame that is malformed or not legal in this phase), WORKER (it ended too early), UNAVAILABLE
 * with sys ETIMEDOUT, or like sf_watch_wait.
 *
 * sf_relay_start sends the job. fd is borrowed; the caller sets relay->watch afterwards.
 */
SF_CHECKED enum sf_err sf_relay_start(struct sf_relay *relay, int fd, int64_t deadline_ms,
    const struct sf_job *job, struct sf_error *e);
/* Wait for SHOW. has_code: the flow must show a code; without it a code is PROTOCOL. */
SF_CHECKED enum sf_err sf_relay_show(
    struct sf_relay *relay, bool has_code, struct sf_show *ret_show, struct sf_error *e);
/* Wait for ASK, in flows that have it. The worker may ask for what and for nothing else. */
SF_CHECKED enum sf_err sf_relay_asked(struct sf_relay *relay, enum sf_ask what, struct sf_error *e);
/* Send the response to a worker that asked (NULL to one that did not) and wait for FACTS. */
SF_CHECKED enum sf_err sf_relay_facts(struct sf_relay *relay, const struct sf_secret *response,
    struct sf_facts *ret_facts, struct sf_error *e);
/* Send the verdict; yes is approval. Only after FACTS: otherwise it fails with BUG. */
SF_CHECKED enum sf_err sf_relay_verdict(struct sf_relay *relay, bool yes, struct sf_error *e);
/* Wait for DONE, then for end of file. relay->result has the state of the token. */
SF_CHECKED enum sf_err sf_relay_finish(struct sf_relay *relay, struct sf_error *e);

/*
 * The state of the token: from the result. Without one it is ORPHANED after FACTS, and also if the
 * worker was killed (!is_clean) after its first frame, because it may have held a token by then; a
 * worker that ended by itself has revoked what it had: NONE.
 */
enum sf_token_state sf_relay_token(const struct sf_relay *relay, bool is_clean);

/* Has Salesforce replied that this flow is not enabled for the app? Then the next may work. */
bool sf_relay_is_flow_closed(const struct sf_relay *relay);
