/*
 * A whole token, with its refresh token, in the kernel's user keyring: for the moment between
 * Salesforce's answer and the desktop keyring's, and for as long as the latter takes nothing. Key
 * `sfoauth:parked:KEY#USERNAME` (keyctl.h), payload as a kernel token's, but whole; gone after
 * 30 days or a restart. Who finds one takes it for newer than what the keyring has, moves it there,
 * and removes it.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "token.h"

#define SF_STORE_PENDING_LIFE_S (30 * 24 * 3600)

/*
 * Park, in the place of an older one. Over quota, forbidden or no keyrings here: *ret_parked is
 * false, SF_OK. Fails with NOMEM, BUG.
 */
SF_CHECKED enum sf_err sf_store_pending_put(
    const char *key, const struct sf_token *token, bool *ret_parked, struct sf_error *e);

/*
 * The parked token of user, without regard to case; NULL: of whoever has one. Checked: our form,
 * whole, under its own name. *ret_token is NULL where there is none. Fails with NOMEM.
 */
SF_CHECKED enum sf_err sf_store_pending_get(
    const char *key, const char *user, struct sf_token **ret_token, struct sf_error *e);

void sf_store_pending_drop(const char *key, const char *user);
