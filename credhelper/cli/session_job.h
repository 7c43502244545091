/*
 * The worker's jobs for a session: what is asked of it for a sign-in and a refresh. Stores nothing.
 * sf_session_revoke and sf_session_get (session.h) are here too.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "session.h"
#include "text.h"
#include "token.h"

/*
 * The scopes to ask for: --scopes or the org's; without refresh_token and offline_access unless
 * want_refresh. False: none left, or too long.
 */
SF_CHECKED bool sf_session_job_scope(
    const struct sf_session *session, bool want_refresh, struct sf_text *scope);

/*
 * Both fail with CONFIG where SALESFORCE_CLIENT_SECRET is given: nothing here presents a secret.
 */

/* Sign in; the token is checked to be that of the sign-in. Fails as sf_jobrun. */
SF_CHECKED enum sf_err sf_session_job_login(const struct sf_session *session, const char *scope,
    struct sf_token **ret_token, struct sf_error *e);

/*
 * Refresh. The new token has a refresh token in any case: the rotated one, or the old one.
 * Fails as sf_jobrun. *ret_dead, filled in any case: Salesforce says that the refresh token is
 * dead.
 */
SF_CHECKED enum sf_err sf_session_job_refresh(const struct sf_session *session,
    const struct sf_token *old, struct sf_token **ret_token, bool *ret_dead, struct sf_error *e);
