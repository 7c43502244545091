/*
 * One request to the org's API, for the command: not a flow, because the token exists already.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "flow.h"
#include "job.h"
#include "secret.h"
#include "token.h"

/*
 * Read the body that a POST or PATCH sends from descriptor 5, before the sandbox. *ret_body is NULL
 * for other methods; the caller frees it. Fails with USAGE (longer than SF_JOB_BODY_MAX).
 */
SF_CHECKED enum sf_err sf_api_request_read(
    const struct sf_job *job, struct sf_secret **ret_body, struct sf_error *e);

/*
 * Send the job's method and path, once. The body of a 2xx reply goes to descriptor 6. Fails as
 * sf_http_run, and with the code of the reply's row; params->reply_class has its status.
 */
SF_CHECKED enum sf_err sf_api_request_run(const struct sf_flow_params *params,
    const struct sf_token *token, const struct sf_secret *body, struct sf_error *e);
