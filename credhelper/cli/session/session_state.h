/*
 * What a session knows and what it has done; session.h works with it.
 * One session is one org, and one user of it or whoever is stored.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "signin_params.h"
#include "store.h"
#include "target.h"

#define SF_SESSION_MIN_LIFE_S 30 /* a token with less to live is as good as expired */

/* All borrowed, and to outlive the session. */
struct sf_session_params {
	/* Without scope; ui NULL: no sign-in; ret_end tells of all jobs of the session. */
	struct sf_signin_params signin;
	const char *scopes;    /* --scopes; NULL: the org's */
	bool no_refresh;       /* --no-refresh: ask for no refresh token */
	uint32_t min_life_s;   /* what a token must still have; 0: SF_SESSION_MIN_LIFE_S */
	bool may_open_keyring; /* false: the kernel row alone, where that has an answer */
};

struct sf_session {
	struct sf_target target;
	struct sf_session_params params;
	/* What happened, for the words afterwards. */
	bool is_signed_in;                   /* by a new sign-in */
	bool is_refreshed;                   /* by a refresh */
	enum sf_store_state kept_in_keyring; /* valid after one of the two */
	enum sf_store_state kept_in_kernel;
	enum sf_store_state kept_password; /* valid after a sign-in */
	bool is_parked; /* the keyring did not take it; it waits in the kernel (store_pending.h) */
};

/* target: resolved. Fails with USAGE (min_life_s is longer than any token lives). */
SF_CHECKED enum sf_err sf_session_begin(const struct sf_target *target,
    const struct sf_session_params *params, struct sf_session *ret_session, struct sf_error *e);
