/*
 * Pending tokens: tokens with their refresh token in the user keyring of the kernel. A token is
 * pending from Salesforce's response until the desktop keyring has stored it, which may take long
 * if that keyring is locked. After a refresh the worker puts it there, before it reports the
 * response. The key is `sfoauth:parked:KEY#USERNAME` (keyctl.h), its payload the stored form; it
 * expires after 30 days and does not survive a restart. A pending token is newer than that of the
 * desktop keyring: the process that finds it moves it there and drops it.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "keyctl.h"
#include "target.h"
#include "token.h"

#define SF_STORE_PENDING_NAME_SIZE                                                                 \
	(sizeof(SF_KEYCTL_PENDING) + SF_TARGET_APP_KEY_SIZE + SF_TOKEN_USERNAME_SIZE)

/*
 * The name of the key in which the worker may park a token of user; "": it must not, or cannot.
 * Root's worker runs as another user, in whose keyring nobody would look.
 */
void sf_store_pending_park(
    const struct sf_target *target, const char *user, char ret[static SF_STORE_PENDING_NAME_SIZE]);

/*
 * Store a token as pending, in place of an older one. If the kernel refuses (quota, seccomp, no
 * keyrings), *ret_pending is false, and the result is SF_OK. Fails with NOMEM, BUG.
 */
SF_CHECKED enum sf_err sf_store_pending_put(
    const char *key, const struct sf_token *token, bool *ret_pending, struct sf_error *e);

/*
 * The pending token of user, compared without case; user NULL: of any user. *ret_token, which the
 * caller frees, is NULL if there is none. A key is ignored if its payload is not a token with a
 * refresh token, for this origin and the user in its name, because any process of the uid can
 * create keys. Fails with NOMEM.
 */
SF_CHECKED enum sf_err sf_store_pending_get(
    const char *key, const char *user, struct sf_token **ret_token, struct sf_error *e);

/* Remove the pending token of user, if there is one. Never fails. */
void sf_store_pending_drop(const char *key, const char *user);
