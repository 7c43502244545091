/*
 * The recipe: a stored token that is valid, else a refresh under the lock, else a sign-in.
 * session_state.h has the session itself.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "secret.h"
#include "session_state.h"
#include "token.h"

#define SF_SESSION_WAIT_S 20 /* for somebody else's renewal; then "later" */

/*
 * A valid token. Fails with SIGN_IN_NEEDED, SPENT (a renewal was cut off: refresh_state.h),
 * KEYRING_LOCKED, KEYRING, KEYRING_SILENT (nothing in the kernel row, and the keyring is that),
 * KEYRING_REFUSES (takes no write, so nothing was sent), BUSY (somebody else's renewal took longer
 * than SF_SESSION_WAIT_S), UNAVAILABLE and what the worker fails with. But for SIGN_IN_NEEDED and
 * SPENT the refresh token is as good as before.
 */
SF_CHECKED enum sf_err sf_session_token(
    struct sf_session *session, struct sf_token **ret_token, struct sf_error *e);

/*
 * Salesforce refused rejected (401): drop it, adopt a newer one or refresh, once; else sign in.
 * As sf_session_token.
 */
SF_CHECKED enum sf_err sf_session_replace(struct sf_session *session,
    const struct sf_token *rejected, struct sf_token **ret_token, struct sf_error *e);

/*
 * Sign in, whatever is stored. The token is stored where it can be: see kept_in_*, is_parked. The
 * refresh token that it replaces is revoked: Salesforce keeps five for one person and app.
 */
SF_CHECKED enum sf_err sf_session_sign_in(
    struct sf_session *session, struct sf_token **ret_token, struct sf_error *e);

/*
 * Wait for the refresh lock, SF_SESSION_WAIT_S at most: a refresh that is under way must not write
 * its token over what the caller is about to do. *ret_lock is -1 where it was not to be had: then
 * the caller goes on all the same. Released by closing it.
 */
void sf_session_lock(const struct sf_session *session, const char *user, int *ret_lock);

/*
 * Copy a token of the kernel row to the desktop keyring, once, if one is there and unlocked; in its
 * place, and every time, the parked one of the same user if there is one. Never prompts or fails.
 */
void sf_session_copy(const struct sf_session *session, const struct sf_token *token);

/*
 * Drop the access token presented (git's erase), wherever it is stored; a refresh token stays.
 * Compared in constant time; another token is left alone.
 */
SF_CHECKED enum sf_err sf_session_erase(
    const struct sf_session *session, const struct sf_secret *presented, struct sf_error *e);
