/* The recipe itself: kernel row, pending token, desktop keyring, renewal, sign-in. */
#include "session.h"

#include "clock.h"
#include "file.h"
#include "kernel_token.h"
#include "state_lock.h"
#include "signin_run.h"
#include "session_internal.h"
#include "text.h"
#include "messages.h"

#include "banned.h"

#define SF_GATE_WAIT_MS 6000
#define SF_GATE_STEP_MS 30

/* A dialog that was cancelled does not come up a second time. */
static void heed(struct sf_session *s, enum sf_store_state state)
{
	if (state == SF_STORE_LOCKED)
		s->target.may_unlock = false;
}

/* Nothing usable is stored. state is what the keyring said, when that is the reason. */
static enum sf_err sign_in_or_say(struct sf_session *s, enum sf_store_state state,
    struct sf_token **ret_token, struct sf_error *e)
{
	if (s->params.signin.ui || sf_signin_run_is_unattended(&s->target, &s->params.signin))
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

/* What a sign-in mends, where somebody is there for it. */
static enum sf_err sign_in_after(
    struct sf_session *s, struct sf_token **ret_token, struct sf_error *e)
{
	if (e->code != SF_E_SIGN_IN_NEEDED && e->code != SF_E_SPENT)
		return e->code;
	if (!s->params.signin.ui && !sf_signin_run_is_unattended(&s->target, &s->params.signin))
		return e->code;
	return sf_session_sign_in(s, ret_token, e);
}

/*
 * Keyrings do one thing at a time, and a hundred programs at once would make each other wait beyond
 * the deadline of a call. So they look one after the other, and whoever waits watches the kernel
 * row. A courtesy: where it takes long, or an unlock dialog may come up, all go on. *ret_token is
 * a token that came up meanwhile, or NULL.
 */
static enum sf_err take_turn(
    struct sf_session *s, int *ret_gate, struct sf_token **ret_token, struct sf_error *e)
{
	const int64_t deadline_ms = sf_clock_now_ms() + SF_GATE_WAIT_MS;
	const char *home = s->target.settings->home;
	struct sf_error ignored;

	*ret_token = NULL;
	while (!s->target.may_unlock && s->target.settings->has_bus &&
	       sf_state_lock_try_org(
		   home, s->target.key, SF_STATE_LOCK_KEYRING, ret_gate, &ignored) == SF_OK &&
	       *ret_gate < 0 && sf_clock_left_ms(deadline_ms) > 0) {
		enum sf_err r = sf_session_find_hot(s, s->target.user, NULL, ret_token, e);

		if (r != SF_OK || *ret_token)
			return r;
		sf_clock_sleep_until(sf_clock_now_ms() + SF_GATE_STEP_MS);
	}
	return SF_OK;
}

/*
 * Look into the desktop keyring. *ret_token is a token to use; else *ret_renewable is one with a
 * refresh token, or NULL, and *ret_state is what the keyring said.
 */
static enum sf_err look(struct sf_session *s, struct sf_token **ret_token,
    struct sf_token **ret_renewable, enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	SF_CLEANUP(sf_fd_closep) int gate = -1;
	const struct sf_store_params params = sf_store_ask_of(&s->target);
	enum sf_store_state state;
	enum sf_err r = take_turn(s, &gate, ret_token, e);

	*ret_renewable = NULL;
	if (r != SF_OK || *ret_token)
		return r;
	r = sf_store_row(SF_STORE_ID_secret_service)->find(&params, &found, e);
	if (r != SF_OK)
		return r;
	*ret_state = found.state;
	if (found.count > 0 && sf_session_is_usable(s, found.tokens[0], NULL)) {
		*ret_token = SF_TAKE(found.tokens[0]);
		sf_session_note(s, *ret_token);
		return sf_session_put_hot(s, *ret_token, &state, e);
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
	enum sf_err r = sf_session_find_hot(session, session->target.user, NULL, ret_token, e);

	if (r != SF_OK)
		return r;
	if (*ret_token) {
		if (session->params.may_open_keyring)
			sf_session_copy(session, *ret_token);
		return SF_OK;
	}
	/* What is parked is newer than what the keyring has. */
	r = sf_session_find_parked(session, session->target.user, &renewable, e);
	if (r == SF_OK && !renewable)
		r = look(session, ret_token, &renewable, &state, e);
	if (r != SF_OK || *ret_token)
		return r;
	heed(session, state);
	if (!renewable)
		return sign_in_or_say(session, state, ret_token, e);
	r = sf_session_renew(session, renewable->username, NULL, ret_token, e);
	return r == SF_OK ? r : sign_in_after(session, ret_token, e);
}

enum sf_err sf_session_replace(struct sf_session *session, const struct sf_token *rejected,
    struct sf_token **ret_token, struct sf_error *e)
{
	enum sf_err r;

	if (session->target.has_kernel)
		sf_kernel_token_drop(
		    session->target.origin.text, rejected->username, rejected->generation);
	r = sf_session_renew(session, rejected->username, rejected->generation, ret_token, e);
	/* A token that came without a keyring, over ssh for one: only a sign-in brings another. */
	if (r == SF_E_KEYRING || r == SF_E_KEYRING_LOCKED || r == SF_E_KEYRING_SILENT)
		return sign_in_or_say(session, SF_STORE_NONE, ret_token, e);
	return r == SF_OK ? r : sign_in_after(session, ret_token, e);
}
