/*
 * How a session uses its stores: read the kernel keyring, store a new token, copy a token to the
 * desktop keyring. Does not talk to Salesforce.
 */
#include <string.h>

#include "clock.h"
#include "file.h"
#include "state_lock.h"
#include "log.h"
#include "signin_check.h"
#include "store_pending.h"
#include "session.h"
#include "session_internal.h"
#include "messages.h"

#include "banned.h"

bool sf_session_is_usable(const struct sf_session *s, const struct sf_token *token, const char *bad)
{
	return token->access_token != NULL &&
	       sf_token_life_s(token, sf_clock_wall_s()) >= s->params.min_life_s &&
	       (!bad || strcmp(bad, token->generation) != 0);
}

struct sf_state_dir_place sf_session_place(const struct sf_session *s, const char *user)
{
	return (struct sf_state_dir_place){
	    .home = s->target.settings->home,
	    .key = s->target.app_key,
	    .user = user,
	};
}

enum sf_err sf_session_find_kernel(const struct sf_session *s, const char *user, const char *bad,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	struct sf_store_params params = sf_store_ask_of(&s->target);
	enum sf_err r;

	*ret_token = NULL;
	params.user = user;
	r = sf_store_row(SF_STORE_CACHE)->find(&params, &found, e);
	if (r == SF_OK && found.count > 0 && sf_session_is_usable(s, found.tokens[0], bad))
		*ret_token = SF_TAKE(found.tokens[0]);
	return r;
}

enum sf_err sf_session_put_kernel(const struct sf_session *s, const struct sf_token *token,
    enum sf_store_state *ret_state, struct sf_error *e)
{
	const struct sf_store_params params = sf_store_ask_of(&s->target);

	return sf_store_row(SF_STORE_CACHE)->put(&params, token, ret_state, e);
}

enum sf_err sf_session_find_pending(
    const struct sf_session *s, const char *user, struct sf_token **ret_token, struct sf_error *e)
{
	enum sf_err r = sf_store_pending_get(s->target.app_key, user, ret_token, e);

	if (r == SF_OK && *ret_token)
		sf_signin_check_hosts(s->target.org, &s->target.origin, *ret_token);
	return r;
}

void sf_session_note_copied(const struct sf_session *s, const struct sf_token *token)
{
	sf_state_dir_note(
	    s->target.settings->home, s->target.app_key, token->username, token->generation);
}

enum sf_err sf_session_keyring_fail(enum sf_store_state state, struct sf_error *e)
{
	static const enum sf_err codes[] = {
	    [SF_STORE_DONE] = SF_OK,
	    [SF_STORE_NONE] = SF_OK,
	    [SF_STORE_LOCKED] = SF_E_KEYRING_LOCKED,
	    [SF_STORE_ABSENT] = SF_E_KEYRING,
	    [SF_STORE_SILENT] = SF_E_KEYRING_SILENT,
	};

	if (codes[state] == SF_OK)
		return SF_OK;
	return SF_FAIL_MESSAGE(e, codes[state], SF_MESSAGE_E_KEYRING_STATE,
	    SF_WITH({"state", sf_store_state_words(state)}));
}

/*
 * Put the token into the kernel keyring as pending. False: it is not there. The worker may have
 * found a place for its refresh token before the kernel was full. With kernel_cache = no the kernel
 * gets no token, not even for a moment.
 */
static bool put_pending(const struct sf_session *s, const struct sf_token *token)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *parked = NULL;
	struct sf_error e;
	bool is_pending = false;

	if (!token->refresh_token || !s->target.org->is_kernel_cache)
		return false;
	if (sf_store_pending_put(s->target.app_key, token, &is_pending, &e) != SF_OK)
		sf_log_error(&e);
	if (!is_pending && sf_session_find_pending(s, token->username, &parked, &e) == SF_OK)
		is_pending = parked && sf_secret_equal(parked->refresh_token, token->refresh_token);
	return is_pending;
}

enum sf_err sf_session_save(struct sf_session *s, const struct sf_token *token, struct sf_error *e)
{
	const struct sf_store_params params = sf_store_ask_of(&s->target);
	const struct sf_store *home = sf_store_row(SF_STORE_HOME);
	enum sf_err r;

	s->is_pending = put_pending(s, token);
	r = home->put(&params, token, &s->kept_in_keyring, e);
	/*
	 * Retry once, since a refresh token would be lost; not if the keyring is locked or silent,
	 * which a retry does not change.
	 */
	if (token->refresh_token && (r != SF_OK || s->kept_in_keyring == SF_STORE_ABSENT))
		r = home->put(&params, token, &s->kept_in_keyring, e);
	if (r != SF_OK) {
		sf_log_error(e);
		s->kept_in_keyring = SF_STORE_ABSENT;
	} else if (s->kept_in_keyring == SF_STORE_DONE || s->kept_in_keyring == SF_STORE_NONE) {
		sf_session_note_copied(s, token);
	}
	/* The keyring has the token. Any pending token is this one or an older one. */
	if (s->kept_in_keyring == SF_STORE_DONE && token->refresh_token) {
		sf_store_pending_drop(s->target.app_key, token->username);
		s->is_pending = false;
	}
	if (!token->access_token)
		return SF_OK;
	return sf_session_put_kernel(s, token, &s->kept_in_kernel, e);
}

/*
 * Put a token into the desktop keyring, under the refresh lock. If another process holds the lock,
 * it is about to store a newer token: then do nothing. A pending token is read again under the
 * lock, because it may have changed.
 */
static void move_to_keyring(
    const struct sf_session *s, const struct sf_token *token, bool is_pending)
{
	const char *home = s->target.settings->home;
	struct sf_store_params params = sf_store_ask_of(&s->target);
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	SF_CLEANUP(sf_token_freep) struct sf_token *pending = NULL;
	enum sf_store_state state;
	struct sf_error ignored;

	if (sf_state_lock_try(home, s->target.app_key, token->username, &lock, &ignored) != SF_OK ||
	    lock < 0)
		return;
	if (is_pending) {
		if (sf_session_find_pending(s, token->username, &pending, &ignored) != SF_OK ||
		    !pending)
			return;
		token = pending;
	}
	params.may_prompt = false;
	if (sf_store_row(SF_STORE_HOME)->put(&params, token, &state, &ignored) != SF_OK)
		return;
	if (state == SF_STORE_DONE || state == SF_STORE_NONE)
		sf_session_note_copied(s, token);
	if (state == SF_STORE_DONE && is_pending)
		sf_store_pending_drop(s->target.app_key, token->username);
}

void sf_session_copy(const struct sf_session *session, const struct sf_token *token)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *pending = NULL;
	const char *home = session->target.settings->home;
	struct sf_error ignored;

	if (!session->target.settings->has_bus)
		return;
	if (sf_session_find_pending(session, token->username, &pending, &ignored) == SF_OK &&
	    pending)
		move_to_keyring(session, pending, /* is_pending= */ true);
	else if (!sf_state_dir_is_noted(
		     home, session->target.app_key, token->username, token->generation))
		move_to_keyring(session, token, /* is_pending= */ false);
}
