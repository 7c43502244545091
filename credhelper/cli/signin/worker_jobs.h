/*
 * The worker's jobs for a target besides a sign-in: refresh, revoke, GET, whois. Stores nothing.
 * ret_end is how the worker ended, as sf_worker_client_run fills it; untouched where it was not
 * started; NULL: not wanted.
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
 * The scopes to ask for: those given (--scopes), or with NULL the org's; without refresh_token and
 * offline_access unless want_refresh. False: none left, or too long.
 */
SF_CHECKED bool sf_worker_jobs_scope(
    const struct sf_org *org, const char *given, bool want_refresh, struct sf_text *scope);

/* What all jobs of the target's org have in common; it ends after ms. Fails with CONFIG. */
SF_CHECKED enum sf_err sf_worker_jobs_fill(const struct sf_target *target, enum sf_job_kind kind,
    int64_t ms, struct sf_job *job, struct sf_error *e);

/*
 * Refresh. The new token has a refresh token in any case: the rotated one, or the old one. mark_fd
 * is sf_refresh_state_open's. *ret_dead, filled in any case: Salesforce says that the refresh token
 * is dead. Fails as sf_worker_client_run and client_auth.h.
 */
SF_CHECKED enum sf_err sf_worker_jobs_refresh(const struct sf_target *target,
    const struct sf_token *old, int mark_fd, struct sf_token **ret_token, bool *ret_dead,
    struct sf_job_result *ret_end, struct sf_error *e);

/* Revoke at Salesforce: the refresh token if there is one, else the access token. */
SF_CHECKED enum sf_err sf_worker_jobs_revoke(const struct sf_target *target,
    const struct sf_token *token, struct sf_job_result *ret_end, struct sf_error *e);

/* GET path from the API; a 2xx body goes to body_fd. */
SF_CHECKED enum sf_err sf_worker_jobs_get(const struct sf_target *target,
    const struct sf_token *token, const char *path, int body_fd, struct sf_job_result *ret_end,
    struct sf_error *e);

/*
 * Ask Salesforce whose token it is. The facts have no id_url and instance_url: those come with a
 * sign-in alone. Fails with DENIED where it is not the person that the token was issued for.
 */
SF_CHECKED enum sf_err sf_worker_jobs_whois(const struct sf_target *target,
    const struct sf_token *token, struct sf_facts *ret_facts, struct sf_job_result *ret_end,
    struct sf_error *e);
