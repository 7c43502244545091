/*
 * What the files of a session share: the stores as a session uses them, the renewal, the sign-in.
 * session.h is for everybody else.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "session_state.h"
#include "state_dir.h"
#include "token.h"

/* Has an access token with enough life, and is not the one that is known to be bad (NULL: none)? */
SF_CHECKED bool sf_session_is_usable(
    const struct sf_session *s, const struct sf_token *token, const char *bad);

/* Where the session's state of user is. */
struct sf_state_dir_place sf_session_place(const struct sf_session *s, const char *user);

/* The kernel row's usable token; *ret_token is NULL where there is none. */
SF_CHECKED enum sf_err sf_session_find_hot(const struct sf_session *s, const char *user,
    const char *bad, struct sf_token **ret_token, struct sf_error *e);
SF_CHECKED enum sf_err sf_session_put_hot(const struct sf_session *s, const struct sf_token *token,
    enum sf_store_state *ret_state, struct sf_error *e);

/* The parked token of user (NULL: of anybody); NULL where there is none. */
SF_CHECKED enum sf_err sf_session_find_parked(
    const struct sf_session *s, const char *user, struct sf_token **ret_token, struct sf_error *e);

/* The desktop keyring has this token: it need not be copied there, nor stay parked. */
void sf_session_note(const struct sf_session *s, const struct sf_token *token);

/*
 * A new token, under the lock: parked first, then into the desktop keyring, then no longer parked;
 * so whoever is killed in between has lost nothing. That the keyring does not take it fails
 * nothing: see kept_in_keyring and is_parked.
 */
SF_CHECKED enum sf_err sf_session_save(
    struct sf_session *s, const struct sf_token *token, struct sf_error *e);

/* The failure that a keyring is which is locked, absent or silent; SF_OK for other states. */
SF_CHECKED enum sf_err sf_session_keyring_fail(enum sf_store_state state, struct sf_error *e);

/* Nothing usable is stored for user, or it is bad: adopt what others have brought, or refresh. */
SF_CHECKED enum sf_err sf_session_renew(struct sf_session *s, const char *user, const char *bad,
    struct sf_token **ret_token, struct sf_error *e);
