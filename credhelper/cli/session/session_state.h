/*
 * The data of a session: parameters and results. session.h has the functions.
 * A session is about one org and one user; without --user, about the user whose token is found.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "signin_params.h"
#include "store.h"
#include "target.h"

#define SF_SESSION_MIN_LIFE_S 30 /* a token that lives shorter counts as expired */

/* Pointers are borrowed; what they point to outlives the session. */
struct sf_session_params {
	/* scope is not used. ui NULL: no sign-in. ret_result: result of the session's last job. */
	struct sf_signin_params signin;
	const char *scopes;    /* --scopes; NULL: the org's */
	bool no_refresh;       /* --no-refresh: request no refresh token */
	uint32_t min_life_s;   /* seconds that a token must still live; 0: the minimum above */
	bool may_open_keyring; /* false: no copy to the desktop keyring if the kernel has a token */
};

struct sf_session {
	struct sf_target target;
	struct sf_session_params params;
	/* Results, which the command reports to the person. */
	bool is_signed_in;                   /* the token comes from a new sign-in */
	bool is_refreshed;                   /* the token comes from a refresh */
	enum sf_store_state kept_in_keyring; /* valid after a sign-in or a refresh */
	enum sf_store_state kept_in_kernel;  /* likewise */
	enum sf_store_state kept_password;   /* valid after a sign-in */
	bool is_pending; /* the keyring did not take it; it waits in the kernel (store_pending.h) */
};

/*
 * Begin a session; target must be resolved (sf_target_resolve). There is nothing to free. Fails
 * with USAGE (min_life_s is not shorter than the org's session timeout).
 */
SF_CHECKED enum sf_err sf_session_begin(const struct sf_target *target,
    const struct sf_session_params *params, struct sf_session *ret_session, struct sf_error *e);
