/*
 * The refresh: one process at a time; the desktop keyring is tested before the refresh token is
 * sent; the new token is stored before it is used. Does not sign in.
 */
#include <string.h>
#include <syslog.h>

#include "clock.h"
#include "file.h"
#include "signal_block.h"
#include "state_lock.h"
#include "log.h"
#include "store_pending.h"
#include "worker_jobs.h"
#include "session.h"
#include "session_internal.h"
#include "retry_after.h"
#include "refresh_state.h"
#include "messages.h"

#include "banned.h"

#define SF_WAIT_MS     (SF_SESSION_WAIT_S * 1000)
#define SF_STEP_MS     20
#define SF_STEP_MAX_MS 100 /* a hundred waiting processes must leave CPU time to the lock holder */

/* One refresh, from the moment that this process holds the lock. */
struct renewal {
	struct sf_session *s;
	const char *user;
	const char *bad; /* generation of an access token that was refused; NULL: none */
	int lock;
	int64_t began_ms;
};

/* Sleep, twice as long each time up to SF_STEP_MAX_MS. False: the deadline has passed. */
static bool wait_step(int64_t deadline_ms, int64_t *step_ms)
{
	if (sf_clock_left_ms(deadline_ms) == 0)
		return false;
	if (*step_ms == SF_STEP_MS)
		sf_log_line(LOG_DEBUG, "waits for another's refresh");
	sf_clock_sleep_until(sf_clock_within_ms(deadline_ms, *step_ms));
	*step_ms = *step_ms * 2 > SF_STEP_MAX_MS ? SF_STEP_MAX_MS : *step_ms * 2;
	return true;
}

void sf_session_lock(const struct sf_session *session, const char *user, int *ret_lock)
{
	const char *home = session->target.settings->home;
	const int64_t deadline_ms = sf_clock_now_ms() + SF_WAIT_MS;
	int64_t step_ms = SF_STEP_MS;
	struct sf_error ignored;

	while (
	    sf_state_lock_try(home, session->target.app_key, user, ret_lock, &ignored) == SF_OK &&
	    *ret_lock < 0 && wait_step(deadline_ms, &step_ms))
		;
}

/*
 * Prove that the keyring accepts a write before the refresh token is sent, because Salesforce may
 * rotate it: write the old token again, which is the item that the new one replaces. Afterwards the
 * keyring has the old token, so that it need not be pending.
 */
static enum sf_err probe_keyring(
    const struct renewal *renewal, const struct sf_token *old, struct sf_error *e)
{
	const struct sf_store_params params = sf_store_ask_of(&renewal->s->target);
	enum sf_store_state state;
	enum sf_err r = sf_store_row(SF_STORE_HOME)->put(&params, old, &state, e);

	if (r == SF_E_STORE)
		return SF_FAIL_MESSAGE(e, SF_E_KEYRING_REFUSES, SF_MESSAGE_E_KEYRING_REFUSED, NULL);
	if (r == SF_OK)
		r = sf_session_keyring_fail(state, e);
	if (r == SF_OK)
		sf_store_pending_drop(renewal->s->target.app_key, old->username);
	return r;
}

/*
 * Has another process stored a token meanwhile? A sign-in that waited too long for the lock stores
 * without it. *ret_changed says whether the keyring has another generation than the token that was
 * sent; *ret_token is that other token if it is usable, else NULL.
 */
static enum sf_err reread_keyring(const struct renewal *renewal, const struct sf_token *old,
    bool *ret_changed, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	struct sf_store_params params = sf_store_ask_of(&renewal->s->target);
	enum sf_err r;

	*ret_changed = false;
	*ret_token = NULL;
	params.user = old->username;
	r = sf_store_row(SF_STORE_HOME)->find(&params, &found, e);
	if (r != SF_OK || (found.state != SF_STORE_DONE && found.state != SF_STORE_NONE))
		return r;
	*ret_changed =
	    found.count == 0 || strcmp(found.tokens[0]->generation, old->generation) != 0;
	if (found.count > 0 && *ret_changed &&
	    sf_session_is_usable(renewal->s, found.tokens[0], renewal->bad))
		*ret_token = SF_TAKE(found.tokens[0]);
	return r;
}

/*
 * Salesforce refused the refresh token; *e says why. Use a token that another process stored
 * meanwhile. Else, if the refused token is revoked, erase it, so that the next call asks for a
 * sign-in at once instead of sending it again.
 */
static enum sf_err handle_refusal(const struct renewal *renewal, const struct sf_token *old,
    bool is_dead, struct sf_token **ret_token, struct sf_error *e)
{
	const struct sf_error refused = *e;
	struct sf_store_params params = sf_store_ask_of(&renewal->s->target);
	enum sf_store_state state;
	struct sf_error ignored;
	bool is_changed = false;

	if (reread_keyring(renewal, old, &is_changed, ret_token, e) != SF_OK) {
		*e = refused;
		return refused.code;
	}
	if (*ret_token)
		return sf_session_put_kernel(renewal->s, *ret_token, &state, e);
	*e = refused;
	params.user = old->username;
	if (is_dead && !is_changed) {
		(void)!sf_store_row(SF_STORE_HOME)->erase(&params, &state, &ignored);
		/* Its access tokens are dead as well, although their time is not over. */
		(void)!sf_store_row(SF_STORE_CACHE)->erase(&params, &state, &ignored);
	}
	return refused.code;
}

/*
 * The response was refused, and its refresh token is the only one that is valid: store it for the
 * next refresh. *e still says why.
 */
static enum sf_err keep_refused(
    const struct renewal *renewal, const struct sf_token *token, struct sf_error *e)
{
	const struct sf_state_dir_place place = sf_session_place(renewal->s, token->username);
	const struct sf_error refused = *e;
	struct sf_error failed;

	sf_refresh_state_learn(&place, /* rotates= */ true);
	if (sf_session_save(renewal->s, token, &failed) != SF_OK)
		sf_log_error(&failed);
	*e = refused;
	return refused.code;
}

/*
 * The worker returned no token; *e says why. If the mark shows that the old refresh token may be
 * used up, log that reason and fail with SPENT instead.
 */
static enum sf_err handle_failure(const struct renewal *renewal, const struct sf_token *old,
    bool is_dead, struct sf_token **ret_token, struct sf_error *e)
{
	const struct sf_state_dir_place place = sf_session_place(renewal->s, old->username);
	const struct sf_error why = *e;
	struct sf_error spent;

	if (is_dead || why.code == SF_E_BUSY)
		return handle_refusal(renewal, old, is_dead, ret_token, e);
	if (sf_refresh_state_check(&place, old->generation, &spent) != SF_E_SPENT)
		return why.code;
	sf_log_error(&why);
	return SF_FAIL(e, SF_E_SPENT, why.sys, "%s", why.detail);
}

/*
 * Other processes wait SF_WAIT_MS for the lock; then a sign-in or sign-out proceeds without it. If
 * the refresh took that long and the keyring has changed, the other process's token counts, and the
 * new token is revoked instead of stored: it would undo a sign-out.
 */
static enum sf_err check_overtaken(const struct renewal *renewal, const struct sf_token *old,
    const struct sf_token *fresh, struct sf_token **ret_token, struct sf_error *e)
{
	struct sf_error ignored;
	bool is_changed = false;

	*ret_token = NULL;
	if (sf_clock_now_ms() - renewal->began_ms < SF_WAIT_MS)
		return SF_OK;
	if (reread_keyring(renewal, old, &is_changed, ret_token, &ignored) != SF_OK || !is_changed)
		return SF_OK;
	(void)!sf_worker_jobs_revoke(
	    &renewal->s->target, fresh, renewal->s->params.signin.ret_result, &ignored);
	return *ret_token != NULL
		   ? SF_OK
		   : SF_FAIL_MESSAGE(e, SF_E_SIGN_IN_NEEDED, SF_MESSAGE_E_MEANWHILE, NULL);
}

/*
 * Store the new token. *ret_token is NULL, or the token of another process that counts instead.
 */
static enum sf_err save_fresh(const struct renewal *renewal, const struct sf_token *old,
    struct sf_token *fresh, struct sf_token **ret_token, struct sf_error *e)
{
	struct sf_session *s = renewal->s;
	const struct sf_state_dir_place place = sf_session_place(s, old->username);
	enum sf_err r = check_overtaken(renewal, old, fresh, ret_token, e);

	if (r != SF_OK || *ret_token)
		return r;
	sf_refresh_state_learn(&place, !sf_secret_equal(old->refresh_token, fresh->refresh_token));
	r = sf_session_save(s, fresh, e);
	if (r != SF_OK)
		return r;
	s->is_refreshed = true;
	sf_log_line(
	    LOG_INFO, "refreshed org=%s sf_user='%s'", s->target.org->name, fresh->username);
	return SF_OK;
}

/* Is the refresh token marked as sent, by this version or an older one? */
static enum sf_err check_marks(
    const struct sf_session *s, const struct sf_token *old, struct sf_error *e)
{
	struct sf_state_dir_place place = sf_session_place(s, old->username);
	enum sf_err r = sf_refresh_state_check(&place, old->generation, e);

	place.key = s->target.key;
	return r == SF_OK && s->target.takes_old
		   ? sf_refresh_state_check(&place, old->generation, e)
		   : r;
}

/*
 * Check the mark, test the keyring, send the refresh token, store the new token. Signals are
 * blocked: a process that ends between the reply and the store would lose the refresh token.
 */
static enum sf_err refresh(const struct renewal *renewal, const struct sf_token *old,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_signal_block_end) struct sf_signal_block block = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *fresh = NULL;
	SF_CLEANUP(sf_fd_closep) int mark = -1;
	bool is_dead = false;
	char park[SF_STORE_PENDING_NAME_SIZE];
	struct sf_session *s = renewal->s;
	const struct sf_state_dir_place place = sf_session_place(s, old->username);
	struct sf_job_result result = {0};
	enum sf_err r = check_marks(s, old, e);

	/* Again under the lock: the stamp may have been written since the last look. */
	if (r == SF_OK)
		r = sf_retry_after_check(&place, s->params.signin.ret_result, e);
	sf_signal_block_begin(&block);
	s->target.may_unlock = false; /* Ctrl-C is blocked and could not leave a dialog */
	if (r == SF_OK)
		r = probe_keyring(renewal, old, e);
	if (r == SF_OK)
		r = sf_refresh_state_open(&place, old->generation, &mark, e);
	if (r != SF_OK)
		return r;
	sf_store_pending_park(&s->target, old->username, park);
	const struct sf_worker_jobs_refresh_params params = {
	    .old = old, .mark_fd = mark, .lock_fd = renewal->lock, .park = park};
	r = sf_worker_jobs_refresh(&s->target, &params, &fresh, &is_dead, &result, e);
	if (s->params.signin.ret_result)
		*s->params.signin.ret_result = result;
	if (r != SF_OK) {
		sf_retry_after_note(&place, &result);
		if (fresh)
			return keep_refused(renewal, fresh, e);
		return handle_failure(renewal, old, is_dead, ret_token, e);
	}
	r = save_fresh(renewal, old, fresh, ret_token, e);
	if (r == SF_OK && !*ret_token)
		*ret_token = SF_TAKE(fresh);
	return r;
}

/*
 * The newer one of the stored and the pending token; NULL if there is none. An older pending token
 * is removed: its refresh token may be rotated already.
 */
static struct sf_token **pick_newer(
    const struct renewal *renewal, struct sf_store_found *found, struct sf_token **pending)
{
	struct sf_token **stored = found->count > 0 ? &found->tokens[0] : NULL;

	if (!*pending)
		return stored;
	if (!stored || !(*stored)->refresh_token ||
	    (*stored)->issued_at_ms <= (*pending)->issued_at_ms)
		return pending;
	sf_store_pending_drop(renewal->s->target.app_key, (*pending)->username);
	return stored;
}

/* Move the pending token to the desktop keyring, if the keyring takes it without a dialog. */
static void move_pending(const struct renewal *renewal, const struct sf_token *pending)
{
	struct sf_store_params params = sf_store_ask_of(&renewal->s->target);
	enum sf_store_state state;
	struct sf_error ignored;

	params.may_prompt = false;
	if (sf_store_row(SF_STORE_HOME)->put(&params, pending, &state, &ignored) != SF_OK ||
	    state != SF_STORE_DONE)
		return;
	sf_session_note_copied(renewal->s, pending);
	sf_store_pending_drop(renewal->s->target.app_key, pending->username);
}

/*
 * With the lock held, read every store again: another process may have refreshed, signed in or
 * signed out while this one waited.
 */
static enum sf_err renew_locked(
    const struct renewal *renewal, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *pending = NULL;
	struct sf_session *s = renewal->s;
	struct sf_store_params params = sf_store_ask_of(&s->target);
	enum sf_store_state state;
	enum sf_err r = sf_session_find_kernel(s, renewal->user, renewal->bad, ret_token, e);

	if (r == SF_OK && !*ret_token)
		r = sf_session_find_pending(s, renewal->user, &pending, e);
	if (r != SF_OK || *ret_token)
		return r;
	params.user = renewal->user;
	r = sf_store_row(SF_STORE_HOME)->find(&params, &found, e);
	if (r != SF_OK)
		return r;
	struct sf_token **token = pick_newer(renewal, &found, &pending);
	if (token && sf_session_is_usable(s, *token, renewal->bad)) {
		if (token == &pending)
			move_pending(renewal, pending);
		*ret_token = SF_TAKE(*token);
		return sf_session_put_kernel(s, *ret_token, &state, e);
	}
	r = sf_session_keyring_fail(found.state, e);
	if (r != SF_OK)
		return r;
	if (!token || !(*token)->refresh_token)
		return SF_FAIL_MESSAGE(e, SF_E_SIGN_IN_NEEDED, SF_MESSAGE_E_NO_REFRESH_TOKEN, NULL);
	return refresh(renewal, *token, ret_token, e);
}

/*
 * One process refreshes at a time. The others poll the kernel keyring while they wait: the new
 * token is there before the lock is free.
 */
enum sf_err sf_session_renew(struct sf_session *s, const char *user, const char *bad,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	const struct sf_state_dir_place place = sf_session_place(s, user);
	const int64_t deadline_ms = sf_clock_now_ms() + SF_WAIT_MS;
	int64_t step_ms = SF_STEP_MS;
	enum sf_err r;

	*ret_token = NULL;
	do {
		/* Programs that wait for the lock would be refused one after the other. */
		r = sf_retry_after_check(&place, s->params.signin.ret_result, e);
		if (r != SF_OK)
			return r;
		r = sf_state_lock_try(s->target.settings->home, s->target.app_key, user, &lock, e);
		if (r != SF_OK)
			return r;
		if (lock >= 0) {
			const struct renewal renewal = {
			    .s = s,
			    .user = user,
			    .bad = bad,
			    .lock = lock,
			    .began_ms = sf_clock_now_ms(),
			};
			return renew_locked(&renewal, ret_token, e);
		}
		r = sf_session_find_kernel(s, user, bad, ret_token, e);
		if (r != SF_OK || *ret_token)
			return r;
	} while (wait_step(deadline_ms, &step_ms));
	return SF_FAIL_MESSAGE(e, SF_E_BUSY, SF_MESSAGE_E_RENEWAL_TAKES,
	    SF_WITH({"seconds", SF_NUMBER(SF_SESSION_WAIT_S)}));
}
