/*
 * Secrets besides tokens that the desktop keyring keeps for an org: the app's consumer secret, and
 * passwords that somebody wanted remembered. Items of our schema whose `origin` begins with the
 * kind.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "secret.h"
#include "store.h"
#include "target.h"

enum sf_store_credentials_kind {
	SF_STORE_CREDENTIALS_CLIENT_SECRET, /* user: the client_id */
	/* user: the Salesforce username; the password, the security token behind it */
	SF_STORE_CREDENTIALS_PASSWORD,
};

/*
 * Of user, or with NULL the latest; ret_user is whose it is. *ret_secret is NULL unless *ret_state
 * is DONE. Failures as store.h: a keyring that is locked or not there is a state.
 */
SF_CHECKED enum sf_err sf_store_credentials_get(const struct sf_target *target,
    enum sf_store_credentials_kind kind, const char *user, struct sf_secret **ret_secret,
    char ret_user[static SF_TOKEN_USERNAME_SIZE], enum sf_store_state *ret_state,
    struct sf_error *e);
SF_CHECKED enum sf_err sf_store_credentials_put(const struct sf_target *target,
    enum sf_store_credentials_kind kind, const char *user, const struct sf_secret *secret,
    enum sf_store_state *ret_state, struct sf_error *e);
/* user NULL: of all users. */
SF_CHECKED enum sf_err sf_store_credentials_erase(const struct sf_target *target,
    enum sf_store_credentials_kind kind, const char *user, enum sf_store_state *ret_state,
    struct sf_error *e);
