/*
 * The recipe for a valid access token: a stored one, else a refresh under the lock, else a sign-in.
 * session_state.h defines struct sf_session.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "secret.h"
#include "session_state.h"
#include "token.h"

#define SF_SESSION_WAIT_S 20 /* how long to wait for another process's refresh; then BUSY */

/*
 * Return a valid token; the caller frees *ret_token. Fails with SIGN_IN_NEEDED, SPENT (a refresh
 * was interrupted: refresh_state.h), KEYRING_LOCKED, KEYRING (no keyring) or KEYRING_SILENT (if the
 * kernel keyring has no token either), KEYRING_REFUSES (the keyring takes no write, so nothing was
 * sent), BUSY (another process refreshed for longer than SF_SESSION_WAIT_S), UNAVAILABLE, and with
 * the failures of the worker. After every failure except SIGN_IN_NEEDED and SPENT the refresh token
 * is still usable.
 */
SF_CHECKED enum sf_err sf_session_token(
    struct sf_session *session, struct sf_token **ret_token, struct sf_error *e);

/*
 * Salesforce refused the token `rejected` (HTTP 401). Drop it, then use a newer stored token, or
 * refresh once, or sign in. Returns and fails as sf_session_token does.
 */
SF_CHECKED enum sf_err sf_session_replace(struct sf_session *session,
    const struct sf_token *rejected, struct sf_token **ret_token, struct sf_error *e);

/*
 * Sign in without regard to stored tokens, and store the new one; kept_in_* and is_pending of the
 * session say where. The refresh token that it replaces is revoked, because Salesforce allows five
 * for each person and app. Fails with STORE (no place to store a token), USAGE (no scope left), and
 * as sf_signin_run does.
 */
SF_CHECKED enum sf_err sf_session_sign_in(
    struct sf_session *session, struct sf_token **ret_token, struct sf_error *e);

/*
 * Wait up to SF_SESSION_WAIT_S for the refresh lock, so that a refresh in another process does not
 * overwrite what the caller is about to store or erase. The caller closes *ret_lock to release the
 * lock. Best effort: *ret_lock is -1 if the lock was not available, and the caller continues.
 */
void sf_session_lock(const struct sf_session *session, const char *user, int *ret_lock);

/*
 * Copy a token of the kernel keyring to the desktop keyring, once for each generation, if the
 * desktop keyring is present and unlocked. If a pending token of the same user exists, move that
 * one instead. Never prompts, never fails.
 */
void sf_session_copy(const struct sf_session *session, const struct sf_token *token);

/*
 * Remove the access token `presented` (git's erase) from every store; the refresh token stays, and
 * so does any other access token. The comparison takes constant time. Fails as the stores and the
 * lock do.
 */
SF_CHECKED enum sf_err sf_session_erase(
    const struct sf_session *session, const struct sf_secret *presented, struct sf_error *e);
