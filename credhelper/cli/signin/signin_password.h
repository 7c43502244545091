/*
 * The command's side of the flow password (RFC 6749, section 4.3): the username, and the password
 * followed by the security token, from the desktop keyring, standard input or the terminal.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "job.h"
#include "secret.h"
#include "signin_params.h"
#include "store.h"
#include "target.h"
#include "token.h"
#include "ui.h"

struct sf_signin_password {
	struct sf_ui ui; /* for the job; points into this struct: do not move it */
	const struct sf_target *target;
	const struct sf_signin_params *params;
	char username[SF_TOKEN_USERNAME_SIZE];
	struct sf_secret *word; /* password and security token; NULL: not known yet; owned */
	bool is_remembered;     /* word comes from the keyring */
};

/*
 * Find the username (--username, --user, the org's username, else a question) and look for a stored
 * password. Fails with SIGN_IN_NEEDED (none is stored, and no person is present), USAGE (not a
 * username), CONVERSATION (no terminal), INTERRUPTED, STORE. The caller clears *ret_password.
 */
SF_CHECKED enum sf_err sf_signin_password_begin(const struct sf_target *target,
    const struct sf_signin_params *params, struct sf_signin_password *ret_password,
    struct sf_error *e);

/*
 * Call after the sign-in, with its result. A stored password that Salesforce refused is erased,
 * because repeated wrong passwords lock the user out. With --remember an accepted one is stored;
 * *ret_state says whether that worked (NONE: not wanted).
 */
void sf_signin_password_end(
    struct sf_signin_password *password, enum sf_err outcome, enum sf_store_state *ret_state);
void sf_signin_password_clear(struct sf_signin_password *password); /* wipes; for SF_CLEANUP */

/* Is a password stored, so that no person is needed? Never prompts, never fails. */
bool sf_signin_password_is_remembered(
    const struct sf_target *target, const struct sf_signin_params *params);
