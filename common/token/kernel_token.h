/*
 * An access token in the kernel's user keyring, by raw system calls: keys of type `user` named
 * `sfoauth:token:ORIGIN#USERNAME` with the stored form (token.h, without a refresh token) as
 * payload, and for every origin that may be
 * answered `sfoauth:alias:ORIGIN`, whose payload is the token key's name. The kernel's time-out
 * is the token's remaining life.
 * Never updated in place: add to the process keyring, set permission 0x3f0b0000 and time-out,
 * read back, then link into the user keyring.
 * Every process of the same user can read these keys.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "token.h"

/*
 * Store. Over quota, forbidden or no keyrings here: *ret_stored is false, SF_OK, nothing is left
 * behind. Aliases move to the new token.
 */
SF_CHECKED enum sf_err sf_kernel_token_put(
    const struct sf_token *token, bool *ret_stored, struct sf_error *e);

/* Likewise, but the aliases stay where they are: who asks for nobody in particular gets another. */
SF_CHECKED enum sf_err sf_kernel_token_put_aside(
    const struct sf_token *token, bool *ret_stored, struct sf_error *e);

/*
 * The token for a canonical origin; with username NULL the alias's, else that user's (the
 * alias's token if it is that user's, or
 * `sfoauth:token:ORIGIN#USERNAME`). Payload is checked: version, expiry, that it is for this
 * origin, username. *ret_token is NULL where
 * there is none. Never fails for want of a keyring.
 */
SF_CHECKED enum sf_err sf_kernel_token_get(
    const char *origin, const char *username, struct sf_token **ret_token, struct sf_error *e);

/*
 * The users who have a token key of this origin, whoever the alias names: how many, at most max.
 * Whether a key holds a token that is still good is for sf_kernel_token_get to say.
 */
size_t sf_kernel_token_users(
    const char *origin, char (*ret_users)[SF_TOKEN_USERNAME_SIZE], size_t max);

/*
 * Unlink token key and the aliases that name it. With generation not NULL only if the key still
 * holds that generation.
 */
void sf_kernel_token_drop(const char *origin, const char *username, const char *generation);
