/*
 * The worker's jobs for a session: what is asked of it for a refresh. Stores nothing.
 * sf_worker_jobs_revoke and sf_worker_jobs_get (session.h) are here too.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "job.h"
#include "worker_client.h"
#include "session.h"
#include "text.h"
#include "token.h"

/*
 * The scopes to ask for: --scopes or the org's; without refresh_token and offline_access unless
 * want_refresh. False: none left, or too long.
 */
SF_CHECKED bool sf_worker_jobs_scope(
    const struct sf_session *session, bool want_refresh, struct sf_text *scope);

/* What all jobs of the session's org have in common; it ends after ms. Fails with CONFIG. */
SF_CHECKED enum sf_err sf_worker_jobs_fill(const struct sf_session *session, enum sf_job_kind kind,
    int64_t ms, struct sf_job *job, struct sf_error *e);

/* As sf_worker_client_run; how the worker ended is also told to whoever wants to know (ask.ret_end). */
SF_CHECKED enum sf_err sf_worker_jobs_run(const struct sf_session *session,
    const struct sf_worker_client_ask *ask, struct sf_token **ret_token, struct sf_end *ret_end,
    struct sf_error *e);

/*
 * Refresh. The new token has a refresh token in any case: the rotated one, or the old one. mark_fd
 * is sf_refresh_state_open's. Fails as sf_worker_client_run and client_auth.h. *ret_dead, filled in any case: Salesforce
 * says that the refresh token is dead.
 */
SF_CHECKED enum sf_err sf_worker_jobs_refresh(const struct sf_session *session,
    const struct sf_token *old, int mark_fd, struct sf_token **ret_token, bool *ret_dead,
    struct sf_error *e);
