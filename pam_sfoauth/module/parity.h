/*
 * What sign-ins of mapped accounts did lately, so that decoys do the same. A stranger who measures
 * must not learn which accounts are mapped.
 *
 * A decoy starts like a recent real start: the same flow, the same time to the prompt, and the same
 * failure while Salesforce cannot be reached. A refusal of typed input comes no earlier than the
 * slowest recent one, for everybody.
 */
#pragma once

#include <stdint.h>

#include "err.h"

#define SF_PARITY_KEPT       16    /* starts and refusals that are remembered */
#define SF_PARITY_TIME_MAX   15000 /* ms; a slower start or refusal is remembered as this */
#define SF_PARITY_REFUSAL_MS 1000  /* a refusal of typed input takes at least this long */
#define SF_PARITY_JITTER_MS  400   /* at most so much is added to a refusal by chance */

/* Atomic words in memory that processes share; all zeros: nothing is remembered. */
struct sf_parity_ring {
	_Atomic uint64_t next;
	_Atomic uint64_t words[SF_PARITY_KEPT];
};
struct sf_parity {
	struct sf_parity_ring starts, refusals;
};

struct sf_parity_start {
	int64_t took_ms;     /* until the address and code were there, or until the failure */
	enum sf_err outcome; /* SF_OK: the dialogue was shown */
	uint32_t flow;       /* index of the flow in the policy */
};

/*
 * Remember the start of a real sign-in. parity may be NULL in all functions: nothing is remembered
 * then.
 */
void sf_parity_note_start(struct sf_parity *parity, const struct sf_parity_start *start);

/*
 * How a decoy has to start: outcome and flow of the latest real start, and the time of a random one
 * of those with the same outcome and flow. Without any, a time that is usual for Salesforce.
 */
struct sf_parity_start sf_parity_draw_start(struct sf_parity *parity);

/* Remember how long Salesforce took to refuse what was typed; only what was slow matters. */
void sf_parity_note_refusal(struct sf_parity *parity, int64_t took_ms);

/* Milliseconds from typed input to its refusal, with jitter, for real accounts and decoys. */
int64_t sf_parity_refusal_ms(struct sf_parity *parity);
