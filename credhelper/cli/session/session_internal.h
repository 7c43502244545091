/*
 * Functions that the session_*.c files share: the stores as a session uses them, and the refresh.
 * Code outside this room includes session.h instead.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "session_state.h"
#include "state_dir.h"
#include "token.h"

/*
 * Does the token have an access token that lives for min_life_s more? `bad` is the generation of an
 * access token that Salesforce refused, which does not count; NULL: none.
 */
SF_CHECKED bool sf_session_is_usable(
    const struct sf_session *s, const struct sf_token *token, const char *bad);

/* The place of user's files in the state directory. Borrows from s and user. */
struct sf_state_dir_place sf_session_place(const struct sf_session *s, const char *user);

/*
 * The usable token of user in the kernel keyring (user NULL: the default user's). *ret_token, which
 * the caller frees, is NULL if there is none. Fails with NOMEM.
 */
SF_CHECKED enum sf_err sf_session_find_kernel(const struct sf_session *s, const char *user,
    const char *bad, struct sf_token **ret_token, struct sf_error *e);

/* Store the access token in the kernel keyring. *ret_state is ABSENT if the target has none. */
SF_CHECKED enum sf_err sf_session_put_kernel(const struct sf_session *s,
    const struct sf_token *token, enum sf_store_state *ret_state, struct sf_error *e);

/*
 * The pending token of user (NULL: of any user); *ret_token is NULL if there is none. It is for no
 * origin but those of the org: a worker writes pending tokens, and may be compromised.
 */
SF_CHECKED enum sf_err sf_session_find_pending(
    const struct sf_session *s, const char *user, struct sf_token **ret_token, struct sf_error *e);

/* Remember that the desktop keyring has this token, so that later calls do not copy it again. */
void sf_session_note_copied(const struct sf_session *s, const struct sf_token *token);

/*
 * Store a new token; the caller holds the refresh lock. The token becomes pending first, then goes
 * to the desktop keyring, then stops being pending, so that a kill at any moment loses no refresh
 * token. A desktop keyring that does not take the token is not a failure: see kept_in_keyring and
 * is_pending.
 */
SF_CHECKED enum sf_err sf_session_save(
    struct sf_session *s, const struct sf_token *token, struct sf_error *e);

/*
 * Turn the state of the desktop keyring into a failure: KEYRING_LOCKED, KEYRING (absent) or
 * KEYRING_SILENT. SF_OK for DONE and NONE.
 */
SF_CHECKED enum sf_err sf_session_keyring_fail(enum sf_store_state state, struct sf_error *e);

/*
 * Get a usable token for user when the stored one is expired or `bad`: wait for the refresh lock,
 * then use the token that another process stored meanwhile, or refresh. Fails as sf_session_token.
 */
SF_CHECKED enum sf_err sf_session_renew(struct sf_session *s, const char *user, const char *bad,
    struct sf_token **ret_token, struct sf_error *e);
