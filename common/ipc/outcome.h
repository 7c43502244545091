/*
 * What the command may tell a person besides the row of a failure, and what a probe found: in the
 * frames FAIL and DONE. The module shows none of it.
 */
#pragma once

#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "wire.h"

#define SF_OUTCOME_WORDS_SIZE 300

struct sf_outcome {
	uint32_t retry_s;                  /* FAIL: Retry-After; 0: not said */
	char words[SF_OUTCOME_WORDS_SIZE]; /* FAIL: what Salesforce said, printable ASCII; or "" */
	uint64_t server_s; /* PROBE: the server's time, s since the epoch; 0: not said */
	char org_id[SF_FACTS_ID_SIZE]; /* PROBE: the org that the server says it is; "": not said */
};

/* Append to a frame that is FAIL or DONE. */
void sf_outcome_to_frame(const struct sf_outcome *hint, struct sf_frame *frame);
/*
 * Fails with PROTOCOL: a wait of more than a day, a time that is none, words that are not printable
 * ASCII, an id that is not letters and digits.
 */
SF_CHECKED enum sf_err sf_outcome_from_frame(
    const struct sf_frame *frame, struct sf_outcome *ret_hint, struct sf_error *e);
