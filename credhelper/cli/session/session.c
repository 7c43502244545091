/*
 * The recipe: kernel keyring, pending token, desktop keyring, refresh, sign-in, in this order. The
 * steps themselves are in the other session_*.c files.
 */
#include "session.h"

#include "clock.h"
#include "file.h"
#include "state_lock.h"
#include "signin_run.h"
#include "session_internal.h"
#include "text.h"
#include "messages.h"

#include "banned.h"

#define SF_TURN_WAIT_MS 6000
#define SF_TURN_STEP_MS 30

/* A person who cancelled the unlock dialog does not get it a second time. */
static void drop_unlock_prompt(struct sf_session *s, enum sf_store_state state)
{
	if (state == SF_STORE_LOCKED)
		s->target.may_unlock = false;
}

/* Is a person present, or does the flow need none? */
static bool can_sign_in(const struct sf_session *s)
{
	return s->params.signin.ui || sf_signin_run_is_unattended(&s->target, &s->params.signin);
}

/*
 * No usable token is stored: sign in, or fail with the reason. `state` is the state of the desktop
 * keyring; if it is locked, absent or silent, that is the reason.
 */
static enum sf_err sign_in_or_fail(struct sf_session *s, enum sf_store_state state,
    struct sf_token **ret_token, struct sf_error *e)
{
	if (can_sign_in(s))
		return sf_session_sign_in(s, ret_token, e);
	if (state == SF_STORE_ABSENT)
		return SF_FAIL_MESSAGE(e, SF_E_KEYRING,
		    s->target.has_kernel ? SF_MESSAGE_E_NO_TOKEN : SF_MESSAGE_E_KEYRING_ALONE,
		    NULL);
	enum sf_err r = sf_session_keyring_fail(state, e);
	if (r != SF_OK)
		return r;
	return SF_FAIL_MESSAGE(e, SF_E_SIGN_IN_NEEDED, SF_MESSAGE_E_NOTHING_STORED,
	    SF_WITH({"org", s->target.org->name}));
}

/* The refresh failed with *e: sign in if that solves the failure, else fail with *e. */
static enum sf_err sign_in_after_refresh(
    struct sf_session *s, struct sf_token **ret_token, struct sf_error *e)
{
	if (e->code != SF_E_SIGN_IN_NEEDED && e->code != SF_E_SPENT)
		return e->code;
	if (!can_sign_in(s))
		return e->code;
	return sf_session_sign_in(s, ret_token, e);
}

/*
 * Wait for this process's turn to read the desktop keyring. A keyring daemon serves one call at a
 * time: a hundred simultaneous calls would exceed each other's deadlines. A waiting process polls
 * the kernel keyring; *ret_token is a token that appeared there, else NULL. Best effort: after
 * SF_TURN_WAIT_MS, on an error, or if an unlock dialog may appear, the process proceeds without the
 * lock.
 */
static enum sf_err wait_for_turn(
    struct sf_session *s, int *ret_lock, struct sf_token **ret_token, struct sf_error *e)
{
	const int64_t deadline_ms = sf_clock_now_ms() + SF_TURN_WAIT_MS;
	const char *home = s->target.settings->home;
	struct sf_error ignored;

	*ret_token = NULL;
	while (!s->target.may_unlock && s->target.settings->has_bus &&
	       sf_state_lock_try_org(
		   home, s->target.app_key, SF_STATE_LOCK_KEYRING, ret_lock, &ignored) == SF_OK &&
	       *ret_lock < 0 && sf_clock_left_ms(deadline_ms) > 0) {
		enum sf_err r = sf_session_find_kernel(s, s->target.user, NULL, ret_token, e);

		if (r != SF_OK || *ret_token)
			return r;
		sf_clock_sleep_until(sf_clock_now_ms() + SF_TURN_STEP_MS);
	}
	return SF_OK;
}

/*
 * Read the desktop keyring. *ret_token is a usable token, or NULL; then *ret_renewable is a token
 * with a refresh token, or NULL. *ret_state is the state of the keyring.
 */
static enum sf_err read_keyring(struct sf_session *s, struct sf_token **ret_token,
    struct sf_token **ret_renewable, enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	const struct sf_store_params params = sf_store_ask_of(&s->target);
	enum sf_store_state state;
	enum sf_err r = wait_for_turn(s, &lock, ret_token, e);

	*ret_renewable = NULL;
	if (r != SF_OK || *ret_token)
		return r;
	r = sf_store_row(SF_STORE_HOME)->find(&params, &found, e);
	if (r != SF_OK)
		return r;
	*ret_state = found.state;
	if (found.count > 0 && sf_session_is_usable(s, found.tokens[0], NULL)) {
		*ret_token = SF_TAKE(found.tokens[0]);
		sf_session_note_copied(s, *ret_token);
		return sf_session_put_kernel(s, *ret_token, &state, e);
	}
	if (found.count > 0 && found.tokens[0]->refresh_token)
		*ret_renewable = SF_TAKE(found.tokens[0]);
	return SF_OK;
}

enum sf_err sf_session_token(
    struct sf_session *session, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *renewable = NULL;
	enum sf_store_state state = SF_STORE_NONE;
	enum sf_err r = sf_session_find_kernel(session, session->target.user, NULL, ret_token, e);

	if (r != SF_OK)
		return r;
	if (*ret_token) {
		if (session->params.may_open_keyring)
			sf_session_copy(session, *ret_token);
		return SF_OK;
	}
	/* A pending token is newer than the token in the desktop keyring. */
	r = sf_session_find_pending(session, session->target.user, &renewable, e);
	if (r == SF_OK && !renewable)
		r = read_keyring(session, ret_token, &renewable, &state, e);
	if (r != SF_OK || *ret_token)
		return r;
	drop_unlock_prompt(session, state);
	if (!renewable)
		return sign_in_or_fail(session, state, ret_token, e);
	r = sf_session_renew(session, renewable->username, NULL, ret_token, e);
	return r == SF_OK ? r : sign_in_after_refresh(session, ret_token, e);
}

enum sf_err sf_session_replace(struct sf_session *session, const struct sf_token *rejected,
    struct sf_token **ret_token, struct sf_error *e)
{
	const struct sf_store_params params = sf_store_ask_of(&session->target);
	struct sf_error ignored;
	enum sf_err r = sf_store_row(SF_STORE_CACHE)->drop(&params, rejected, e);

	if (r == SF_OK)
		r = sf_session_renew(
		    session, rejected->username, rejected->generation, ret_token, e);
	/* No new token for now: the dead one must not come back from the desktop keyring. */
	if (r != SF_OK)
		(void)!sf_session_erase(session, rejected->access_token, &ignored);
	/* Without a keyring, as over ssh, there is no refresh token: only a sign-in helps. */
	if (r == SF_E_KEYRING || r == SF_E_KEYRING_LOCKED || r == SF_E_KEYRING_SILENT)
		return sign_in_or_fail(session, SF_STORE_NONE, ret_token, e);
	return r == SF_OK ? r : sign_in_after_refresh(session, ret_token, e);
}
