#include "session.h"

#include <string.h>
#include <syslog.h>

#include "clock.h"
#include "file.h"
#include "hold.h"
#include "hotkey.h"
#include "lock.h"
#include "log.h"
#include "session_job.h"
#include "session_login.h"
#include "state.h"
#include "text.h"

#include "banned.h"

#define SF_LOCK_WAIT_MS (60 * 1000)
#define SF_LOCK_STEP_MS 20

enum sf_err sf_session_begin(
    const struct sf_session_ask *ask, struct sf_session *ret_session, struct sf_error *e)
{
	struct sf_session s = {.ask = *ask};
	struct sf_text key = SF_TEXT(s.key);
	const bool is_from_environment = ask->settings->is_from_environment;
	const enum sf_err r = sf_origin_parse(ask->org->login_url, &s.origin, e);

	if (r != SF_OK)
		return r;
	if (s.ask.min_life_s == 0)
		s.ask.min_life_s = SF_SESSION_MIN_LIFE_S;
	if (s.ask.min_life_s >= ask->org->session_timeout_s)
		return SF_FAIL(e, SF_E_USAGE, 0,
		    "--min-life must be less than session_timeout, %u seconds",
		    ask->org->session_timeout_s);
	s.has_kernel = ask->org->is_kernel_cache && !is_from_environment;
	if (!sf_text_addf(&key, "%s%s", is_from_environment ? "environment:" : "", s.origin.text))
		return SF_FAIL(e, SF_E_BUG, 0, "the key of %s does not fit", s.origin.text);
	*ret_session = s;
	return SF_OK;
}

struct sf_store_ask sf_session_store_ask(const struct sf_session *session)
{
	return (struct sf_store_ask){
	    .settings = session->ask.settings,
	    .key = session->key,
	    .user = session->ask.user,
	    .default_user = session->ask.default_user,
	    .may_prompt = session->ask.may_unlock,
	};
}

static bool is_valid(const struct sf_session *s, const struct sf_token *token)
{
	return token->access_token != NULL &&
	       sf_token_life_s(token, sf_clock_wall_s()) >= s->ask.min_life_s;
}

/* The kernel row's token, if it is valid and not the one that is known to be bad. */
static enum sf_err find_hot(const struct sf_session *s, const char *user, const char *bad,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	struct sf_store_ask ask = sf_session_store_ask(s);
	enum sf_err r;

	*ret_token = NULL;
	if (!s->has_kernel)
		return SF_OK;
	ask.user = user;
	r = sf_store_row(SF_STORE_ID_kernel)->find(&ask, &found, e);
	if (r != SF_OK || found.count == 0 || !is_valid(s, found.tokens[0]))
		return r;
	if (bad == NULL || strcmp(bad, found.tokens[0]->generation) != 0)
		*ret_token = SF_TAKE(found.tokens[0]);
	return SF_OK;
}

static enum sf_err put_hot(const struct sf_session *s, const struct sf_token *token,
    enum sf_store_state *ret_state, struct sf_error *e)
{
	const struct sf_store_ask ask = sf_session_store_ask(s);

	*ret_state = SF_STORE_ABSENT;
	if (!s->has_kernel)
		return SF_OK;
	return sf_store_row(SF_STORE_ID_kernel)->put(&ask, token, ret_state, e);
}

static void note(const struct sf_session *s, const struct sf_token *token)
{
	sf_state_note(s->ask.settings->home, s->key, token->username, token->generation);
}

/* Keyring first: there a refresh token lives on. That it cannot be stored fails nothing here. */
static enum sf_err keep(struct sf_session *s, const struct sf_token *token, struct sf_error *e)
{
	const struct sf_store_ask ask = sf_session_store_ask(s);
	const struct sf_store *home = sf_store_row(SF_STORE_ID_secret_service);
	enum sf_err r = home->put(&ask, token, &s->kept_in_keyring, e);

	/* Once more, for a refresh token hangs on it. Hanging and locked are not tried again. */
	if (token->refresh_token != NULL && (r != SF_OK || s->kept_in_keyring == SF_STORE_ABSENT))
		r = home->put(&ask, token, &s->kept_in_keyring, e);
	if (r != SF_OK) {
		sf_log_error(e);
		s->kept_in_keyring = SF_STORE_ABSENT;
	} else if (s->kept_in_keyring == SF_STORE_DONE || s->kept_in_keyring == SF_STORE_NONE) {
		note(s, token);
	}
	return put_hot(s, token, &s->kept_in_kernel, e);
}

void sf_session_copy(const struct sf_session *session, const struct sf_token *token)
{
	struct sf_store_ask ask = sf_session_store_ask(session);
	const char *home = session->ask.settings->home;
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	enum sf_store_state state;
	struct sf_error ignored;

	if (!session->ask.settings->has_bus ||
	    sf_state_is_noted(home, session->key, token->username, token->generation))
		return;
	/* Who holds the lock stores something better. */
	if (sf_lock_try(home, session->key, token->username, &lock, &ignored) != SF_OK || lock < 0)
		return;
	ask.may_prompt = false;
	if (sf_store_row(SF_STORE_ID_secret_service)->put(&ask, token, &state, &ignored) != SF_OK)
		return;
	if (state == SF_STORE_DONE || state == SF_STORE_NONE)
		note(session, token);
}

/* Under the lock, with the stored token: ask Salesforce, store, then use. */
static enum sf_err refresh(struct sf_session *s, const struct sf_token *old,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_hold_end) struct sf_hold hold = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_store_ask dead = sf_session_store_ask(s);
	enum sf_store_state state;
	struct sf_error ignored;
	bool is_dead = false;
	enum sf_err r;

	sf_hold_begin(&hold);
	/* The keyring was open just now; a dialog could not be left by Ctrl-C. */
	s->ask.may_unlock = false;
	dead.may_prompt = false;
	r = sf_session_job_refresh(s, old, &token, &is_dead, e);
	/* Dead for good: without it the next call asks for a sign-in at once. */
	if (is_dead) {
		dead.user = old->username;
		(void)!sf_store_row(SF_STORE_ID_secret_service)->erase(&dead, &state, &ignored);
	}
	if (r == SF_OK)
		r = keep(s, token, e);
	if (r != SF_OK)
		return r;
	s->is_refreshed = true;
	sf_log_line(LOG_INFO, "refreshed org=%s sf_user='%s'", s->ask.org->name, token->username);
	*ret_token = SF_TAKE(token);
	return SF_OK;
}

/* Read the store again: another process may have refreshed, signed in or signed out meanwhile. */
static enum sf_err renew_locked(struct sf_session *s, const char *user, const char *bad,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	struct sf_store_ask ask = sf_session_store_ask(s);
	enum sf_store_state state;
	enum sf_err r = find_hot(s, user, bad, ret_token, e);

	if (r != SF_OK || *ret_token != NULL)
		return r;
	ask.user = user;
	r = sf_store_row(SF_STORE_ID_secret_service)->find(&ask, &found, e);
	if (r != SF_OK)
		return r;
	if (found.state == SF_STORE_LOCKED)
		return SF_FAIL(e, SF_E_KEYRING_LOCKED, 0, "the keyring is locked");
	if (found.state == SF_STORE_ABSENT)
		return SF_FAIL(e, SF_E_KEYRING, 0, "the keyring is gone");
	if (found.state == SF_STORE_SILENT)
		return SF_FAIL(e, SF_E_KEYRING_SILENT, 0, "the keyring does not answer");
	if (found.count > 0 && is_valid(s, found.tokens[0]) &&
	    (bad == NULL || strcmp(bad, found.tokens[0]->generation) != 0)) {
		*ret_token = SF_TAKE(found.tokens[0]);
		return put_hot(s, *ret_token, &state, e);
	}
	if (found.count == 0 || found.tokens[0]->refresh_token == NULL)
		return SF_FAIL(e, SF_E_SIGN_IN_NEEDED, 0, "no refresh token is stored");
	return refresh(s, found.tokens[0], ret_token, e);
}

/*
 * One refresh at a time over all processes. Who waits looks at the kernel row meanwhile: the
 * winner's token is there before the lock is free.
 */
static enum sf_err renew(struct sf_session *s, const char *user, const char *bad,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	const int64_t deadline_ms = sf_clock_now_ms() + SF_LOCK_WAIT_MS;
	enum sf_err r;

	*ret_token = NULL;
	for (;;) {
		r = sf_lock_try(s->ask.settings->home, s->key, user, &lock, e);
		if (r != SF_OK)
			return r;
		if (lock >= 0)
			return renew_locked(s, user, bad, ret_token, e);
		r = find_hot(s, user, bad, ret_token, e);
		if (r != SF_OK || *ret_token != NULL)
			return r;
		if (sf_clock_left_ms(deadline_ms) == 0)
			return SF_FAIL(e, SF_E_BUSY, 0, "the refresh lock was held for %d s",
			    SF_LOCK_WAIT_MS / 1000);
		sf_clock_sleep_until(sf_clock_now_ms() + SF_LOCK_STEP_MS);
	}
}

/* A dialog that was cancelled does not come up a second time. */
static void heed(struct sf_session *s, enum sf_store_state state)
{
	if (state == SF_STORE_LOCKED)
		s->ask.may_unlock = false;
}

/* Nothing usable is stored. state is what the keyring said, when that is the reason. */
static enum sf_err sign_in_or_say(struct sf_session *s, enum sf_store_state state,
    struct sf_token **ret_token, struct sf_error *e)
{
	if (s->ask.ui != NULL || sf_session_login_is_unattended(s))
		return sf_session_sign_in(s, ret_token, e);
	if (state == SF_STORE_LOCKED)
		return SF_FAIL(e, SF_E_KEYRING_LOCKED, 0, "the keyring is locked");
	if (state == SF_STORE_ABSENT)
		return SF_FAIL(e, SF_E_KEYRING, 0,
		    s->has_kernel ? "no token in the kernel, and no keyring: sign in with "
				    "sfoauth login"
				  : "tokens of this org are kept in a keyring alone");
	if (state == SF_STORE_SILENT)
		return SF_FAIL(e, SF_E_KEYRING_SILENT, 0, "the keyring does not answer");
	return SF_FAIL(e, SF_E_SIGN_IN_NEEDED, 0, "nothing is stored for %s", s->ask.org->name);
}

enum sf_err sf_session_token(
    struct sf_session *session, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	const struct sf_store_ask ask = sf_session_store_ask(session);
	enum sf_store_state state;
	enum sf_err r = find_hot(session, session->ask.user, NULL, ret_token, e);

	if (r != SF_OK)
		return r;
	if (*ret_token != NULL) {
		if (session->ask.may_open_keyring)
			sf_session_copy(session, *ret_token);
		return SF_OK;
	}
	r = sf_store_row(SF_STORE_ID_secret_service)->find(&ask, &found, e);
	if (r != SF_OK)
		return r;
	if (found.count > 0 && is_valid(session, found.tokens[0])) {
		*ret_token = SF_TAKE(found.tokens[0]);
		note(session, *ret_token);
		return put_hot(session, *ret_token, &state, e);
	}
	heed(session, found.state);
	if (found.count == 0 || found.tokens[0]->refresh_token == NULL)
		return sign_in_or_say(session, found.state, ret_token, e);
	r = renew(session, found.tokens[0]->username, NULL, ret_token, e);
	if (r == SF_E_SIGN_IN_NEEDED)
		return sign_in_or_say(session, SF_STORE_NONE, ret_token, e);
	return r;
}

enum sf_err sf_session_replace(struct sf_session *session, const struct sf_token *rejected,
    struct sf_token **ret_token, struct sf_error *e)
{
	enum sf_err r;

	if (session->has_kernel)
		sf_hotkey_drop(session->origin.text, rejected->username, rejected->generation);
	r = renew(session, rejected->username, rejected->generation, ret_token, e);
	/* A token that came without a keyring, over ssh for one: only a sign-in brings another. */
	if (r == SF_E_SIGN_IN_NEEDED || r == SF_E_KEYRING || r == SF_E_KEYRING_LOCKED ||
	    r == SF_E_KEYRING_SILENT)
		return sign_in_or_say(session, SF_STORE_NONE, ret_token, e);
	return r;
}

/*
 * A refresh token that cannot be stored would be lost, and one of the person's five is used up: so
 * it is only asked for where a keyring is there and open.
 */
static enum sf_err choose_scope(
    struct sf_session *s, struct sf_text *ret_scope, bool *ret_any, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	const struct sf_store_ask ask = sf_session_store_ask(s);
	const enum sf_err r = sf_store_row(SF_STORE_ID_secret_service)->find(&ask, &found, e);

	if (r != SF_OK)
		return r;
	heed(s, found.state);
	s->kept_in_keyring = found.state;
	*ret_any = found.state == SF_STORE_DONE || found.state == SF_STORE_NONE;
	const bool want_refresh = *ret_any && !s->ask.no_refresh;
	*ret_any = *ret_any || s->has_kernel;
	if (!sf_session_job_scope(s, want_refresh, ret_scope))
		return SF_FAIL(e, SF_E_USAGE, 0, "the scopes are missing or too long");
	return SF_OK;
}

void sf_session_lock(const struct sf_session *session, const char *user, int *ret_lock)
{
	const int64_t deadline_ms = sf_clock_now_ms() + SF_LOCK_WAIT_MS;
	struct sf_error ignored;

	while (sf_lock_try(session->ask.settings->home, session->key, user, ret_lock, &ignored) ==
		   SF_OK &&
	       *ret_lock < 0 && sf_clock_left_ms(deadline_ms) > 0)
		sf_clock_sleep_until(sf_clock_now_ms() + SF_LOCK_STEP_MS);
}

enum sf_err sf_session_sign_in(
    struct sf_session *session, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	char scope[SF_TOKEN_SCOPE_SIZE];
	struct sf_text scope_text = SF_TEXT(scope);
	bool has_store = false;
	enum sf_err r = choose_scope(session, &scope_text, &has_store, e);

	if (r == SF_OK && !has_store)
		return SF_FAIL(e, SF_E_STORE, 0,
		    "there is no open keyring, and the kernel row is not used for this org");
	if (r == SF_OK)
		r = sf_session_login_run(session, scope, &token, e);
	if (r == SF_OK)
		sf_session_lock(session, token->username, &lock);
	if (r == SF_OK)
		r = keep(session, token, e);
	if (r != SF_OK)
		return r;
	session->is_signed_in = true;
	sf_log_line(
	    LOG_INFO, "signed in org=%s sf_user='%s'", session->ask.org->name, token->username);
	*ret_token = SF_TAKE(token);
	return SF_OK;
}
