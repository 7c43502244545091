/*
 * The credentials that the desktop keyring keeps for an org besides tokens: the consumer secret of
 * the app, and passwords stored with --remember. They are items of the tokens' schema whose
 * `origin` begins with the kind.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "secret.h"
#include "store.h"
#include "target.h"

enum sf_store_credentials_kind {
	SF_STORE_CREDENTIALS_CLIENT_SECRET, /* user: the client_id */
	/* user: the Salesforce username; the secret is the password and the security token */
	SF_STORE_CREDENTIALS_PASSWORD,
};

/*
 * Read the secret of user, or with NULL the latest; ret_user is its username. *ret_secret, which
 * the caller frees, is NULL unless *ret_state is DONE. Fails as sf_store.find.
 */
SF_CHECKED enum sf_err sf_store_credentials_get(const struct sf_target *target,
    enum sf_store_credentials_kind kind, const char *user, struct sf_secret **ret_secret,
    char ret_user[static SF_TOKEN_USERNAME_SIZE], enum sf_store_state *ret_state,
    struct sf_error *e);

/* Store the secret of user. Fails with USAGE (user is too long) and as sf_store.put. */
SF_CHECKED enum sf_err sf_store_credentials_put(const struct sf_target *target,
    enum sf_store_credentials_kind kind, const char *user, const struct sf_secret *secret,
    enum sf_store_state *ret_state, struct sf_error *e);

/* Erase the secret of user, or with NULL those of all users. Fails as sf_store.erase. */
SF_CHECKED enum sf_err sf_store_credentials_erase(const struct sf_target *target,
    enum sf_store_credentials_kind kind, const char *user, enum sf_store_state *ret_state,
    struct sf_error *e);
