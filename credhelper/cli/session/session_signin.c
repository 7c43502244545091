/*
 * Signs in and stores the token. Requests a refresh token only if it can be stored, and revokes the
 * one that it replaces. signin_run.c does the sign-in itself.
 */
#include <syslog.h>

#include "file.h"
#include "signal_block.h"
#include "log.h"
#include "worker_jobs.h"
#include "signin_run.h"
#include "retry_after.h"
#include "session.h"
#include "session_internal.h"
#include "text.h"
#include "messages.h"

#include "banned.h"

/*
 * Request a refresh token only if the desktop keyring is present and unlocked. One that cannot be
 * stored would be lost, and would still count as one of the person's five. *ret_any says whether
 * any store can take a token.
 */
static enum sf_err choose_scope(
    struct sf_session *s, struct sf_text *ret_scope, bool *ret_any, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	const struct sf_store_params params = sf_store_ask_of(&s->target);
	enum sf_err r = sf_store_row(SF_STORE_HOME)->find(&params, &found, e);

	if (r != SF_OK)
		return r;
	/* A person who cancelled the unlock dialog does not get it a second time. */
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

/* The stored token whose refresh token the new sign-in replaces; NULL: none is known. */
static struct sf_token *find_replaced(const struct sf_session *s, const struct sf_token *token)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *pending = NULL;
	struct sf_store_params params = sf_store_ask_of(&s->target);
	struct sf_error ignored;

	if (!token->refresh_token)
		return NULL;
	if (sf_session_find_pending(s, token->username, &pending, &ignored) == SF_OK && pending)
		return SF_TAKE(pending);
	params.user = token->username;
	params.may_prompt = false;
	if (sf_store_row(SF_STORE_HOME)->find(&params, &found, &ignored) != SF_OK ||
	    found.count == 0 || !found.tokens[0]->refresh_token)
		return NULL;
	return SF_TAKE(found.tokens[0]);
}

/*
 * Salesforce allows five refresh tokens for each person and app; a sixth silently revokes the
 * oldest, which may belong to another machine. Skip if both share a token: revoking the old would
 * revoke the new. Best effort: a failure is only logged.
 */
static void revoke_replaced(
    const struct sf_session *s, const struct sf_token *old, const struct sf_token *token)
{
	struct sf_error e;

	if (s->kept_in_keyring != SF_STORE_DONE ||
	    sf_secret_equal(old->refresh_token, token->refresh_token) ||
	    (old->access_token && sf_secret_equal(old->access_token, token->access_token)))
		return;
	if (sf_worker_jobs_revoke(&s->target, old, s->params.signin.ret_result, &e) == SF_OK)
		sf_log_line(LOG_INFO, "revoked what a new sign-in replaces org=%s sf_user='%s'",
		    s->target.org->name, old->username);
	else
		sf_log_error(&e);
}

/*
 * Store the new token with signals blocked, so that Ctrl-C does not lose it. *ret_old, which the
 * caller frees, is the token that it replaces, or NULL.
 */
static enum sf_err save_token(struct sf_session *s, const struct sf_token *token,
    struct sf_token **ret_old, struct sf_error *e)
{
	SF_CLEANUP(sf_signal_block_end) struct sf_signal_block block = {0};
	SF_CLEANUP(sf_fd_closep) int lock = -1;

	sf_signal_block_begin(&block);
	sf_session_lock(s, token->username, &lock);
	*ret_old = find_replaced(s, token);
	return sf_session_save(s, token, e);
}

/* Sign in. A flow that needs no person obeys the stamp of an earlier Retry-After. */
static enum sf_err run_flow(struct sf_session *s, const struct sf_signin_params *params,
    struct sf_token **ret_token, struct sf_error *e)
{
	const bool is_alone = sf_signin_run_is_unattended(&s->target, params);
	const struct sf_state_dir_place place = sf_session_place(s, /* user= */ "");
	struct sf_job_result result = {0};
	struct sf_signin_params own = *params;
	enum sf_err r = is_alone ? sf_retry_after_check(&place, params->ret_result, e) : SF_OK;

	if (r != SF_OK)
		return r;
	own.ret_result = &result;
	r = sf_signin_run(&s->target, &own, ret_token, &s->kept_password, e);
	if (params->ret_result)
		*params->ret_result = result;
	if (r != SF_OK && is_alone)
		sf_retry_after_note(&place, &result);
	return r;
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
		r = run_flow(session, &params, &token, e);
	if (r == SF_OK)
		r = save_token(session, token, &old, e);
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
