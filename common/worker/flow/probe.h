/*
 * Is Salesforce reachable, which org is it, and does it accept the app? For sfoauth doctor.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "flow.h"
#include "job.h"

/*
 * Send two requests: a GET of a public document, then a request for a device code, which is
 * discarded; or, if the job has a callback, the one of its asks_first. The first sets status and
 * outcome of *result, even if the second fails. Fails as sf_http_run, and as the start of the flow
 * device or sf_flow_code_begin.
 */
SF_CHECKED enum sf_err sf_probe_run(
    const struct sf_flow_params *params, struct sf_job_result *result, struct sf_error *e);
