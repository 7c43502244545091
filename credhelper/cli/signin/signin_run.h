/*
 * A sign-in of a session: which flow, with what, and the worker's job for it. Stores no token.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "session.h"
#include "token.h"

/*
 * Sign in; the token is checked to be that of the sign-in. Fails as sf_worker_client_run, client_auth.h and
 * signin_password.h, and with USAGE (no such flow).
 */
SF_CHECKED enum sf_err sf_signin_run(
    struct sf_session *session, const char *scope, struct sf_token **ret_token, struct sf_error *e);

/*
 * Sign in to see that it works and as whom, and give the token back. *ret_facts says who it was.
 * Fails as sf_signin_run.
 */
SF_CHECKED enum sf_err sf_signin_run_probe(
    struct sf_session *session, const char *scope, struct sf_facts *ret_facts, struct sf_error *e);

/*
 * Can the session sign in although nobody is there: by a key or secret, or where a
 * password is remembered.
 */
bool sf_signin_run_is_unattended(const struct sf_session *session);
