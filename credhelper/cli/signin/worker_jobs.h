/*
 * The worker's jobs for a target besides a sign-in: refresh, revoke, GET, whois. Stores nothing.
 * *ret_result is the worker's result, as sf_worker_client_run fills it; it stays unchanged if the
 * worker was not started. ret_result NULL: not wanted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "config_fields.h"
#include "err.h"
#include "facts.h"
#include "job.h"
#include "target.h"
#include "text.h"
#include "token.h"

/*
 * The scopes to request: `given` (--scopes; separated by spaces or commas), or the org's if it is
 * NULL; without refresh_token and offline_access unless want_refresh. False: no scope is left, they
 * do not fit, or they are not printable ASCII.
 */
SF_CHECKED bool sf_worker_jobs_scope(
    const struct sf_org *org, const char *given, bool want_refresh, struct sf_text *scope);

/*
 * Fill what all jobs of the target's org have in common; the job's deadline is `ms` from now. The
 * caller clears *job. Fails with CONFIG (a value of the org is too long, or also_for is no origin).
 */
SF_CHECKED enum sf_err sf_worker_jobs_fill(const struct sf_target *target, enum sf_job_kind kind,
    int64_t ms, struct sf_job *job, struct sf_error *e);

struct sf_worker_jobs_refresh_params {
	const struct sf_token *old;
	int mark_fd; /* from sf_refresh_state_open */
	int lock_fd; /* the refresh lock: held until the worker ends, even if this process dies */
	const char *park; /* kernel key for the new refresh token; "": none */
};

/*
 * Refresh (RFC 6749, section 6). The new token always has a refresh token: the rotated one, or the
 * old one. *ret_dead, filled also on failure, says whether Salesforce reported the refresh token as
 * revoked. After a failure *ret_token is NULL, or old with a new refresh token and without an
 * access token: the caller stores it, because the old refresh token is used up. Fails as
 * sf_worker_client_run and sf_client_auth_open do.
 */
SF_CHECKED enum sf_err sf_worker_jobs_refresh(const struct sf_target *target,
    const struct sf_worker_jobs_refresh_params *params, struct sf_token **ret_token, bool *ret_dead,
    struct sf_job_result *ret_result, struct sf_error *e);

/*
 * Revoke the token at Salesforce (RFC 7009): the refresh token if there is one, else the access
 * token. Fails as sf_worker_client_run does.
 */
SF_CHECKED enum sf_err sf_worker_jobs_revoke(const struct sf_target *target,
    const struct sf_token *token, struct sf_job_result *ret_result, struct sf_error *e);

/* A request to the API. The descriptors are borrowed. */
struct sf_worker_jobs_request {
	const char *path;
	const char *method; /* POST, PATCH or DELETE; NULL: GET */
	int data_fd;        /* a file with the JSON that POST and PATCH send */
	int body_fd;        /* gets the body of a 2xx response */
};

/*
 * Send the request to the org's API, once. Fails with USAGE (path is longer than SF_URL_MAX, or the
 * data than SF_JOB_BODY_MAX) and as sf_worker_client_run does.
 */
SF_CHECKED enum sf_err sf_worker_jobs_get(const struct sf_target *target,
    const struct sf_token *token, const struct sf_worker_jobs_request *request,
    struct sf_job_result *ret_result, struct sf_error *e);

/*
 * Ask Salesforce who owns the token. The facts have no id_url and no instance_url, which only a
 * sign-in returns. Fails with DENIED (not the user whom the token was issued to) and as
 * sf_worker_client_run does.
 */
SF_CHECKED enum sf_err sf_worker_jobs_whois(const struct sf_target *target,
    const struct sf_token *token, struct sf_facts *ret_facts, struct sf_job_result *ret_result,
    struct sf_error *e);

/*
 * The same for a token from elsewhere, without ids: it may be anybody's, and the caller decides.
 * Fails as sf_worker_client_run does.
 */
SF_CHECKED enum sf_err sf_worker_jobs_ask_owner(const struct sf_target *target,
    const struct sf_token *token, struct sf_facts *ret_facts, struct sf_job_result *ret_result,
    struct sf_error *e);
