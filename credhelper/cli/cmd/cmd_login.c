/*
 * sfoauth login: sign in anew, even if a valid token is stored. Does not change the defaults of
 * `sfoauth use`.
 */
#include "cmd.h"
#include "json_out.h"
#include "worker_jobs.h"

#include "banned.h"

/*
 * Revoke a token that no store took, best effort: nobody could use it, but it would stay valid at
 * Salesforce. Always returns STORE.
 */
static enum sf_err revoke_unstored(
    struct sf_cmd *cmd, const struct sf_token *token, struct sf_error *e)
{
	struct sf_error ignored;

	(void)!sf_worker_jobs_revoke(&cmd->session.target, token, &cmd->end, &ignored);
	return SF_FAIL_MESSAGE(e, SF_E_STORE, SF_MESSAGE_E_TAKEN_NOWHERE, NULL);
}

enum sf_err sf_cmd_login(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	const struct sf_session *s = &cmd->session;
	enum sf_err r = sf_cmd_begin(cmd, NULL, e);

	if (r != SF_OK)
		return r;
	/* The person asked for a sign-in, so show it even if standard input is not a terminal. */
	cmd->session.params.signin.ui = &cmd->tty.ui;
	/* Without --user any user may sign in, not only the default one. */
	cmd->session.target.user = cmd->options->user;
	r = sf_session_sign_in(&cmd->session, &token, e);
	if (r != SF_OK)
		return r;
	const bool is_kept = s->kept_in_keyring == SF_STORE_DONE ||
			     s->kept_in_kernel == SF_STORE_DONE || s->is_pending;
	if (!is_kept)
		return revoke_unstored(cmd, token, e);
	sf_cmd_say_kept(cmd, token);
	if (!cmd->options->is_json)
		return SF_OK;
	SF_CLEANUP(sf_json_out_freep) struct sf_json_out *out = sf_json_out_reply();
	sf_json_out_text(out, "status", "ok");
	sf_json_out_text(out, "org", cmd->org->name);
	sf_json_out_text(out, "username", token->username);
	sf_json_out_text(out, "organization_id", token->org_id);
	sf_json_out_text(out, "scope", token->scope);
	sf_json_out_number(out, "expires_at", token->expires_at);
	sf_json_out_bool(out, "has_refresh_token",
	    token->refresh_token != NULL && (s->kept_in_keyring == SF_STORE_DONE || s->is_pending));
	return sf_json_out_print(out, e);
}
