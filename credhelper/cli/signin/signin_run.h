/*
 * A sign-in: which flow, with what, and the worker's job for it. Stores no token.
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
 * Sign in; the token is checked to be that of the sign-in. *ret_kept_password, filled in any case,
 * says how remembering the password went: NONE where it was not wanted, DONE also where the flow
 * has none. Fails as sf_worker_client_run, client_auth.h and signin_password.h, and with USAGE (no
 * such flow).
 */
SF_CHECKED enum sf_err sf_signin_run(const struct sf_target *target,
    const struct sf_signin_params *params, struct sf_token **ret_token,
    enum sf_store_state *ret_kept_password, struct sf_error *e);

/*
 * Sign in to see that it works and as whom, and give the token back. *ret_facts says who it was.
 * Fails as sf_signin_run.
 */
SF_CHECKED enum sf_err sf_signin_run_probe(const struct sf_target *target,
    const struct sf_signin_params *params, struct sf_facts *ret_facts, struct sf_error *e);

/*
 * Is a sign-in possible although nobody is there: by a key or secret, or where a password is
 * remembered?
 */
bool sf_signin_run_is_unattended(
    const struct sf_target *target, const struct sf_signin_params *params);
