/* A sign-in: with a refresh token where that can be kept; what it replaces is revoked. */
#include <syslog.h>

#include "file.h"
#include "signal_block.h"
#include "log.h"
#include "worker_jobs.h"
#include "signin_run.h"
#include "session.h"
#include "session_internal.h"
#include "text.h"
#include "messages.h"

#include "banned.h"

/*
 * A refresh token that cannot be stored would be lost, and one of the person's five is used up: so
 * it is only asked for where a keyring is there and open.
 */
static enum sf_err choose_scope(
    struct sf_session *s, struct sf_text *ret_scope, bool *ret_any, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	const struct sf_store_params params = sf_store_ask_of(&s->target);
	enum sf_err r = sf_store_row(SF_STORE_ID_secret_service)->find(&params, &found, e);

	if (r != SF_OK)
		return r;
	/* A dialog that was cancelled does not come up a second time. */
	if (found.state == SF_STORE_LOCKED)
		s->target.may_unlock = false;
	s->kept_in_keyring = found.state;
	*ret_any = found.state == SF_STORE_DONE || found.state == SF_STORE_NONE;
	const bool want_refresh = *ret_any && !s->params.no_refresh;
	*ret_any = *ret_any || s->target.has_kernel;
	if (!sf_worker_jobs_scope(s->target.org, s->params.scopes, want_refresh, ret_scope))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_E_SCOPES, NULL);
	return SF_OK;
}

/* The token whose refresh token a sign-in of the same person replaces; NULL: none is known. */
static struct sf_token *find_replaced(const struct sf_session *s, const struct sf_token *token)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *parked = NULL;
	struct sf_store_params params = sf_store_ask_of(&s->target);
	struct sf_error ignored;

	if (!token->refresh_token)
		return NULL;
	if (sf_session_find_parked(s, token->username, &parked, &ignored) == SF_OK && parked)
		return SF_TAKE(parked);
	params.user = token->username;
	params.may_prompt = false;
	if (sf_store_row(SF_STORE_ID_secret_service)->find(&params, &found, &ignored) != SF_OK ||
	    found.count == 0 || !found.tokens[0]->refresh_token)
		return NULL;
	return SF_TAKE(found.tokens[0]);
}

/*
 * Salesforce keeps five refresh tokens of one person and app; a sixth silently ends the oldest,
 * which may be another machine's. Not where the two have something in common: it would go as well.
 */
static void revoke_replaced(
    const struct sf_session *s, const struct sf_token *old, const struct sf_token *token)
{
	struct sf_error e;

	if (s->kept_in_keyring != SF_STORE_DONE ||
	    sf_secret_equal(old->refresh_token, token->refresh_token) ||
	    (old->access_token && sf_secret_equal(old->access_token, token->access_token)))
		return;
	if (sf_worker_jobs_revoke(&s->target, old, s->params.signin.ret_end, &e) == SF_OK)
		sf_log_line(LOG_INFO, "revoked what a new sign-in replaces org=%s sf_user='%s'",
		    s->target.org->name, old->username);
	else
		sf_log_error(&e);
}

/* From the token on signals would lose it. *ret_old, the caller's, is what it replaces. */
static enum sf_err keep(struct sf_session *s, const struct sf_token *token,
    struct sf_token **ret_old, struct sf_error *e)
{
	SF_CLEANUP(sf_signal_block_end) struct sf_signal_block hold = {0};
	SF_CLEANUP(sf_fd_closep) int lock = -1;

	sf_signal_block_begin(&hold);
	sf_session_lock(s, token->username, &lock);
	*ret_old = find_replaced(s, token);
	return sf_session_save(s, token, e);
}

enum sf_err sf_session_sign_in(
    struct sf_session *session, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *old = NULL;
	char scope[SF_TOKEN_SCOPE_SIZE];
	struct sf_text scope_text = SF_TEXT(scope);
	struct sf_signin_params params = session->params.signin;
	bool has_store = false;
	enum sf_err r = choose_scope(session, &scope_text, &has_store, e);

	if (r == SF_OK && !has_store)
		return SF_FAIL_MESSAGE(e, SF_E_STORE, SF_MESSAGE_E_NOT_KEPT, NULL);
	params.scope = scope;
	if (r == SF_OK)
		r = sf_signin_run(&session->target, &params, &token, &session->kept_password, e);
	if (r == SF_OK)
		r = keep(session, token, &old, e);
	if (r != SF_OK)
		return r;
	if (old)
		revoke_replaced(session, old, token);
	session->is_signed_in = true;
	sf_log_line(
	    LOG_INFO, "signed in org=%s sf_user='%s'", session->target.org->name, token->username);
	*ret_token = SF_TAKE(token);
	return SF_OK;
}
