/*
 * Extras of an error that the command shows besides the row, and the findings of a probe. They are
 * in the frames FAIL and DONE. The module shows none of them.
 */
#pragma once

#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "wire.h"

#define SF_OUTCOME_WORDS_SIZE 300

struct sf_outcome {
	uint32_t retry_s;                  /* FAIL: Retry-After in seconds; 0: absent */
	char words[SF_OUTCOME_WORDS_SIZE]; /* FAIL: Salesforce's text, printable ASCII; or "" */
	uint64_t server_s;             /* PROBE: the server's clock, s since the epoch; 0: absent */
	char org_id[SF_FACTS_ID_SIZE]; /* PROBE: the server's organization id; "": absent */
};

/* Append to a frame FAIL or DONE. retry_s and words go into FAIL only. */
void sf_outcome_to_frame(const struct sf_outcome *outcome, struct sf_frame *frame);
/*
 * Fails with PROTOCOL: a wait of more than a day, a time after the year 9999, words that are not
 * printable ASCII, an id with other characters than letters and digits.
 */
SF_CHECKED enum sf_err sf_outcome_from_frame(
    const struct sf_frame *frame, struct sf_outcome *ret_outcome, struct sf_error *e);
