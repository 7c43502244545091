/*
 * Access tokens in the user keyring of the kernel. A token key is named
 * `sfoauth:token:ORIGIN#APP#USERNAME`, where APP is a hash of the token's app; its payload is the
 * stored form (token.h) without the refresh token. The alias `sfoauth:alias:ORIGIN#APP` names the
 * token key of the app's default user. For every origin that may receive the token there is an
 * alias `sfoauth:alias:ORIGIN`, which git's helper follows. The payload of an alias is the name of
 * the token key. The kernel removes all of them when the token expires. A token without an app, as
 * older versions stored it, has no APP in its name.
 * How keys are made is in keyctl.h. Every process of the same user can read them.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "token.h"

/*
 * Store the token, and let the aliases of its app and of all its origins name it. If the kernel
 * refuses (quota, permissions, no keyrings here) or the token has expired, *ret_stored is false,
 * the result is SF_OK, and no new key remains. Fails with BUG (no username) or NOMEM.
 */
SF_CHECKED enum sf_err sf_kernel_token_put(
    const struct sf_token *token, bool *ret_stored, struct sf_error *e);

/* Likewise, but without the aliases of its origins: git's helper has to ask sfoauth. */
SF_CHECKED enum sf_err sf_kernel_token_put_app(
    const struct sf_token *token, bool *ret_stored, struct sf_error *e);

/* Likewise, but without aliases: a get without a username still finds the token of another user. */
SF_CHECKED enum sf_err sf_kernel_token_put_aside(
    const struct sf_token *token, bool *ret_stored, struct sf_error *e);

/*
 * Get the token for a canonical origin and an app; app "": a token without one; app NULL: of any
 * app. username NULL: the token that the alias names. Otherwise the user's: the alias's if it has
 * this username, or the key of this user, if there is one for a single app. The payload is checked:
 * version, expiry, origin, app, username. *ret_token is NULL if there is none, or no keyring; the
 * caller frees it. Fails with NOMEM.
 */
SF_CHECKED enum sf_err sf_kernel_token_get(const char *origin, const char *app,
    const char *username, struct sf_token **ret_token, struct sf_error *e);

/*
 * List the users who have a token key of this origin and app, whether or not an alias names it.
 * Returns their number, at most max. sf_kernel_token_get tells whether a key has a usable token.
 */
size_t sf_kernel_token_users(
    const char *origin, const char *app, char (*ret_users)[SF_TOKEN_USERNAME_SIZE], size_t max);

/*
 * Unlink the token key and the aliases that name it. username NULL: the key that the alias names.
 * If generation is not NULL, only if the token in the key still has that generation.
 */
void sf_kernel_token_drop(
    const char *origin, const char *app, const char *username, const char *generation);
