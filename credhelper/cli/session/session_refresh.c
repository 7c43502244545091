/*
 * A renewal: one at a time over all processes, the keyring probed before the refresh token is
 * sent, the new token stored before it is used.
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
#include "refresh_state.h"
#include "messages.h"

#include "banned.h"

#define SF_WAIT_MS     (SF_SESSION_WAIT_S * 1000)
#define SF_STEP_MS     20
#define SF_STEP_MAX_MS 100 /* a hundred who wait must not keep the winner from working */

/* One renewal, under the lock. */
struct renewal {
	struct sf_session *s;
	const char *user;
	const char *bad; /* generation of an access token that was refused; NULL: none */
	int64_t began_ms;
};

/* Wait a little longer each time. False: the time is over. */
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

	while (sf_state_lock_try(home, session->target.key, user, ret_lock, &ignored) == SF_OK &&
	       *ret_lock < 0 && wait_step(deadline_ms, &step_ms))
		;
}

/*
 * Prove that the keyring takes a write, before Salesforce spends the old token: by the very item
 * that is to be replaced. From then on it is not parked any more, either.
 */
static enum sf_err probe(
    const struct renewal *renewal, const struct sf_token *old, struct sf_error *e)
{
	const struct sf_store_params params = sf_store_ask_of(&renewal->s->target);
	enum sf_store_state state;
	enum sf_err r = sf_store_row(SF_STORE_ID_secret_service)->put(&params, old, &state, e);

	if (r == SF_E_STORE)
		return SF_FAIL_MESSAGE(e, SF_E_KEYRING_REFUSES, SF_MESSAGE_E_KEYRING_REFUSED, NULL);
	if (r == SF_OK)
		r = sf_session_keyring_fail(state, e);
	if (r == SF_OK)
		sf_store_pending_drop(renewal->s->target.key, old->username);
	return r;
}

/*
 * What the keyring has by now, if it is not what was presented: others may store without the lock
 * (a sign-in that waited too long for it). *ret_token is NULL where it still is, or is not usable;
 * *ret_changed tells these apart.
 */
static enum sf_err look_again(const struct renewal *renewal, const struct sf_token *old,
    bool *ret_changed, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	struct sf_store_params params = sf_store_ask_of(&renewal->s->target);
	enum sf_err r;

	*ret_changed = false;
	*ret_token = NULL;
	params.user = old->username;
	r = sf_store_row(SF_STORE_ID_secret_service)->find(&params, &found, e);
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
 * Refused, e says why. What the keyring has by now counts more; if that is what was refused, and it
 * is dead for good, then the next call is to ask for a sign-in at once.
 */
static enum sf_err give_up(const struct renewal *renewal, const struct sf_token *old, bool is_dead,
    struct sf_token **ret_token, struct sf_error *e)
{
	const struct sf_error refused = *e;
	struct sf_store_params params = sf_store_ask_of(&renewal->s->target);
	enum sf_store_state state;
	struct sf_error ignored;
	bool is_changed = false;

	if (look_again(renewal, old, &is_changed, ret_token, e) != SF_OK) {
		*e = refused;
		return refused.code;
	}
	if (*ret_token)
		return sf_session_put_hot(renewal->s, *ret_token, &state, e);
	*e = refused;
	params.user = old->username;
	if (is_dead && !is_changed)
		(void)!sf_store_row(SF_STORE_ID_secret_service)->erase(&params, &state, &ignored);
	return refused.code;
}

/* There is no new token. Is the old one still good, and if not, what is there to say? */
static enum sf_err fail(const struct renewal *renewal, const struct sf_token *old, bool is_dead,
    struct sf_token **ret_token, struct sf_error *e)
{
	const struct sf_state_dir_place place = sf_session_place(renewal->s, old->username);
	const struct sf_error why = *e;
	struct sf_error spent;

	if (is_dead || why.code == SF_E_BUSY)
		return give_up(renewal, old, is_dead, ret_token, e);
	if (sf_refresh_state_check(&place, old->generation, &spent) != SF_E_SPENT)
		return why.code;
	sf_log_error(&why);
	return SF_FAIL(e, SF_E_SPENT, why.sys, "%s", why.detail);
}

/*
 * Nobody passes the lock before SF_WAIT_MS; from then on a sign-in or a sign-out may have. What
 * came of them counts, and the token in hand is given back.
 */
static enum sf_err check_overtaken(const struct renewal *renewal, const struct sf_token *old,
    const struct sf_token *fresh, struct sf_token **ret_token, struct sf_error *e)
{
	struct sf_error ignored;
	bool is_changed = false;

	*ret_token = NULL;
	if (sf_clock_now_ms() - renewal->began_ms < SF_WAIT_MS)
		return SF_OK;
	if (look_again(renewal, old, &is_changed, ret_token, &ignored) != SF_OK || !is_changed)
		return SF_OK;
	(void)!sf_worker_jobs_revoke(
	    &renewal->s->target, fresh, renewal->s->params.signin.ret_end, &ignored);
	return *ret_token != NULL
		   ? SF_OK
		   : SF_FAIL_MESSAGE(e, SF_E_SIGN_IN_NEEDED, SF_MESSAGE_E_MEANWHILE, NULL);
}

/* With a new token: store, then use. */
static enum sf_err finish(const struct renewal *renewal, const struct sf_token *old,
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

/* Ask Salesforce, store, then use. */
static enum sf_err refresh(const struct renewal *renewal, const struct sf_token *old,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_signal_block_end) struct sf_signal_block hold = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *fresh = NULL;
	SF_CLEANUP(sf_fd_closep) int mark = -1;
	bool is_dead = false;
	struct sf_session *s = renewal->s;
	const struct sf_state_dir_place place = sf_session_place(s, old->username);
	enum sf_err r = sf_refresh_state_check(&place, old->generation, e);

	sf_signal_block_begin(&hold);
	/* The keyring was open just now; a dialog could not be left by Ctrl-C. */
	s->target.may_unlock = false;
	if (r == SF_OK)
		r = probe(renewal, old, e);
	if (r == SF_OK)
		r = sf_refresh_state_open(&place, &mark, e);
	if (r != SF_OK)
		return r;
	r = sf_worker_jobs_refresh(
	    &s->target, old, mark, &fresh, &is_dead, s->params.signin.ret_end, e);
	if (r != SF_OK)
		return fail(renewal, old, is_dead, ret_token, e);
	r = finish(renewal, old, fresh, ret_token, e);
	if (r == SF_OK && !*ret_token)
		*ret_token = SF_TAKE(fresh);
	return r;
}

/* Which of the two is newer? What is older is dropped where it is the parked one. */
static struct sf_token **newest(
    const struct renewal *renewal, struct sf_store_found *found, struct sf_token **parked)
{
	struct sf_token **stored = found->count > 0 ? &found->tokens[0] : NULL;

	if (!*parked)
		return stored;
	if (!stored || !(*stored)->refresh_token ||
	    (*stored)->issued_at_ms <= (*parked)->issued_at_ms)
		return parked;
	sf_store_pending_drop(renewal->s->target.key, (*parked)->username);
	return stored;
}

/* A parked token goes to the keyring as soon as that takes it. */
static void unpark(const struct renewal *renewal, const struct sf_token *parked)
{
	struct sf_store_params params = sf_store_ask_of(&renewal->s->target);
	enum sf_store_state state;
	struct sf_error ignored;

	params.may_prompt = false;
	if (sf_store_row(SF_STORE_ID_secret_service)->put(&params, parked, &state, &ignored) !=
		SF_OK ||
	    state != SF_STORE_DONE)
		return;
	sf_session_note(renewal->s, parked);
	sf_store_pending_drop(renewal->s->target.key, parked->username);
}

/* Read everything again: another process may have refreshed, signed in or signed out meanwhile. */
static enum sf_err renew_locked(
    const struct renewal *renewal, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *parked = NULL;
	struct sf_session *s = renewal->s;
	struct sf_store_params params = sf_store_ask_of(&s->target);
	enum sf_store_state state;
	enum sf_err r = sf_session_find_hot(s, renewal->user, renewal->bad, ret_token, e);

	if (r == SF_OK && !*ret_token)
		r = sf_session_find_parked(s, renewal->user, &parked, e);
	if (r != SF_OK || *ret_token)
		return r;
	params.user = renewal->user;
	r = sf_store_row(SF_STORE_ID_secret_service)->find(&params, &found, e);
	if (r != SF_OK)
		return r;
	struct sf_token **token = newest(renewal, &found, &parked);
	if (token && sf_session_is_usable(s, *token, renewal->bad)) {
		if (token == &parked)
			unpark(renewal, parked);
		*ret_token = SF_TAKE(*token);
		return sf_session_put_hot(s, *ret_token, &state, e);
	}
	r = sf_session_keyring_fail(found.state, e);
	if (r != SF_OK)
		return r;
	if (!token || !(*token)->refresh_token)
		return SF_FAIL_MESSAGE(e, SF_E_SIGN_IN_NEEDED, SF_MESSAGE_E_NO_REFRESH_TOKEN, NULL);
	return refresh(renewal, *token, ret_token, e);
}

/*
 * One renewal at a time over all processes. Who waits looks at the kernel row meanwhile: the
 * winner's token is there before the lock is free.
 */
enum sf_err sf_session_renew(struct sf_session *s, const char *user, const char *bad,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	const int64_t deadline_ms = sf_clock_now_ms() + SF_WAIT_MS;
	int64_t step_ms = SF_STEP_MS;
	enum sf_err r;

	*ret_token = NULL;
	do {
		r = sf_state_lock_try(s->target.settings->home, s->target.key, user, &lock, e);
		if (r != SF_OK)
			return r;
		if (lock >= 0) {
			const struct renewal renewal = {
			    .s = s,
			    .user = user,
			    .bad = bad,
			    .began_ms = sf_clock_now_ms(),
			};
			return renew_locked(&renewal, ret_token, e);
		}
		r = sf_session_find_hot(s, user, bad, ret_token, e);
		if (r != SF_OK || *ret_token)
			return r;
	} while (wait_step(deadline_ms, &step_ms));
	return SF_FAIL_MESSAGE(e, SF_E_BUSY, SF_MESSAGE_E_RENEWAL_TAKES,
	    SF_WITH({"seconds", SF_NUMBER(SF_SESSION_WAIT_S)}));
}
