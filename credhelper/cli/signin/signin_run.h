/*
 * A sign-in: chooses the flow, collects what it needs, and runs the worker's job. Stores no token.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "signin_params.h"
#include "store.h"
#include "target.h"
#include "token.h"

/*
 * Sign in. The token passes the checks of signin_check.h; the caller frees *ret_token.
 * *ret_kept_password, filled also on failure, says whether the password was stored: NONE if that
 * was not wanted, DONE also if the flow has no password. Fails as sf_worker_client_run,
 * sf_client_auth_open, sf_signin_browser_begin and sf_signin_password_begin do, and with USAGE (no
 * such flow), SIGN_IN_NEEDED (a person is needed), CONFIG (a value is too long).
 */
SF_CHECKED enum sf_err sf_signin_run(const struct sf_target *target,
    const struct sf_signin_params *params, struct sf_token **ret_token,
    enum sf_store_state *ret_kept_password, struct sf_error *e);

/*
 * Sign in as a test; the worker revokes the token. *ret_facts says which user signed in. Fails as
 * sf_signin_run does.
 */
SF_CHECKED enum sf_err sf_signin_run_probe(const struct sf_target *target,
    const struct sf_signin_params *params, struct sf_facts *ret_facts, struct sf_error *e);

/*
 * Is a sign-in possible without a person? It is with a flow that needs none (a key or a secret),
 * and with a stored password. Reads the keyring, never prompts.
 */
bool sf_signin_run_is_unattended(
    const struct sf_target *target, const struct sf_signin_params *params);
