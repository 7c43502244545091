/*
 * The person's side of the flow password: who signs in, and the password with the security token
 * behind it, from the keyring where it is remembered, from standard input, or from the terminal.
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
	struct sf_ui ui; /* for the job; borrows the struct, which must not be moved */
	const struct sf_target *target;
	const struct sf_signin_params *params;
	char username[SF_TOKEN_USERNAME_SIZE];
	struct sf_secret *word; /* as answered; NULL: not yet; owned */
	bool is_remembered;     /* word came out of the keyring */
};

/*
 * Find out who signs in (--username, --user, the org's username, else a question) and whether the
 * keyring knows the password. Fails with CONVERSATION (nobody to ask), KEYRING_*, INTERRUPTED.
 */
SF_CHECKED enum sf_err sf_signin_password_begin(const struct sf_target *target,
    const struct sf_signin_params *params, struct sf_signin_password *ret_password,
    struct sf_error *e);

/*
 * What came of it. A password that Salesforce refused is forgotten: whoever sends it again and
 * again locks the person out. A good one is remembered where that is wanted; *ret_state says how
 * that went (NONE: not wanted).
 */
void sf_signin_password_end(
    struct sf_signin_password *password, enum sf_err outcome, enum sf_store_state *ret_state);
void sf_signin_password_clear(struct sf_signin_password *password); /* wipes; for SF_CLEANUP */

/* Does the keyring have a password, so that nobody has to be asked? Never prompts, never fails. */
bool sf_signin_password_is_remembered(
    const struct sf_target *target, const struct sf_signin_params *params);
