/*
 * The stamp "Salesforce has asked to wait until then", beside the refresh lock. Without it, every
 * program that waits for a refresh would ask in its turn and be refused as the first one was.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "job.h"
#include "state_dir.h"

/* At most so long is a stamp obeyed, s: one program an hour asks again, whatever was said. */
#define SF_RETRY_AFTER_MAX_S 3600

/*
 * Remember the wait that a failed request got, if it got one. Best effort: without a stamp the
 * next program asks again.
 */
void sf_retry_after_note(
    const struct sf_state_dir_place *place, const struct sf_job_result *result);

/*
 * May Salesforce be asked now? Fails with UNAVAILABLE while a stamp says later; *ret_result
 * (NULL: not wanted) then has the row and the wait that is left, as the request itself would have.
 * A stamp that cannot be read, or that was written later than this clock says, counts as none.
 */
SF_CHECKED enum sf_err sf_retry_after_check(
    const struct sf_state_dir_place *place, struct sf_job_result *ret_result, struct sf_error *e);
