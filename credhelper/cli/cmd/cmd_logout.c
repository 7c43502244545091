/*
 * sfoauth logout: revoke tokens at Salesforce and erase them here, for one user or all, one org or
 * all. Erases also what it cannot revoke: a person without a network must be able to sign out. Does
 * not touch passwords and app secrets (store_credentials.h).
 */
#include <string.h>

#include "cmd.h"
#include "file.h"
#include "json_out.h"
#include "store_pending.h"
#include "text.h"
#include "worker_jobs.h"

#include "banned.h"

/* What the sign-outs of all users and orgs have done so far. */
struct tally {
	unsigned erased;      /* sign-ins, each with all its copies */
	unsigned not_revoked; /* of those: still valid at Salesforce */
	enum sf_err keyring;  /* why the keyring could not be read; OK if it could, or is absent */
	struct sf_json_out *out; /* gets a row for each sign-in; NULL without --json */
};

/* Revoke a token and report it. The caller erases it, whether it is revoked or not. */
static void revoke_one(struct sf_cmd *cmd, const struct sf_token *token, struct tally *tally)
{
	struct sf_error ignored;
	const bool is_revoked =
	    sf_worker_jobs_revoke(&cmd->session.target, token, &cmd->end, &ignored) == SF_OK;
	struct sf_json_out *row = cmd->options->is_json ? sf_json_out_new() : NULL;

	tally->erased++;
	tally->not_revoked += !is_revoked;
	sf_cmd_tell(cmd, is_revoked ? SF_MESSAGE_SIGNED_OUT : SF_MESSAGE_SIGNED_OUT_HERE,
	    SF_WITH({"org", cmd->org->name}, {"username", token->username}));
	if (!row)
		return;
	sf_json_out_text(row, "org", cmd->org->name);
	sf_json_out_text(row, "username", token->username);
	sf_json_out_bool(row, "revoked", is_revoked);
	sf_json_out_append(tally->out, "signed_out", row);
}

/*
 * Revoke the pending token: a refresh left it in the kernel because the keyring did not take it. It
 * replaces the keyring's item, so that one is revoked as well but not reported as a second sign-in.
 * False: no token is pending.
 */
static bool revoke_pending(struct sf_cmd *cmd, const struct sf_token *pending,
    const struct sf_store_found *keyring, struct tally *tally)
{
	struct sf_error ignored;

	if (!pending)
		return false;
	revoke_one(cmd, pending, tally);
	for (size_t i = 0; i < keyring->count; i++)
		(void)!sf_worker_jobs_revoke(
		    &cmd->session.target, keyring->tokens[i], &cmd->end, &ignored);
	sf_store_pending_drop(cmd->session.target.app_key, pending->username);
	return true;
}

/*
 * Is the kernel's token the access token of one that is revoked anyway? The kernel usually holds a
 * copy of the keyring's; revoking the refresh token ends its access tokens, too.
 */
static bool is_covered(const struct sf_token *token, const struct sf_token *pending,
    const struct sf_store_found *keyring)
{
	if (pending && sf_secret_equal(token->access_token, pending->access_token))
		return true;
	for (size_t i = 0; i < keyring->count; i++) {
		if (sf_secret_equal(token->access_token, keyring->tokens[i]->access_token))
			return true;
	}
	return false;
}

/* Remember that the keyring could not be read, so that logout fails: a token may still be there. */
static void record_keyring_state(struct tally *tally, enum sf_store_state state)
{
	if (state == SF_STORE_LOCKED)
		tally->keyring = SF_E_KEYRING_LOCKED;
	if (state == SF_STORE_SILENT)
		tally->keyring = SF_E_KEYRING_SILENT;
}

/*
 * If user is the default user of the org, remove that default: otherwise the next command would
 * look for a user who has signed out, and ignore others.
 */
static enum sf_err clear_default_user(struct sf_cmd *cmd, const char *user, struct sf_error *e)
{
	struct sf_defaults defaults = cmd->settings->choice;
	const char *chosen = sf_defaults_user(&defaults, cmd->org->name);

	if (!chosen || !sf_text_equal_nocase(chosen, user))
		return SF_OK;
	(void)!sf_defaults_set_user(&defaults, cmd->org->name, NULL);
	return sf_defaults_write(cmd->settings->home, &defaults, e);
}

/*
 * Sign out one user of the org. Takes the refresh lock and reads the stores again under it:
 * otherwise a refresh in another process could store a new token after the erase.
 */
static enum sf_err sign_out_user(
    struct sf_cmd *cmd, const char *user, struct tally *tally, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found kernel = {0};
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found keyring = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *pending = NULL;
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	const struct sf_store *kernel_store = sf_store_row(SF_STORE_CACHE);
	const struct sf_store *keyring_store = sf_store_row(SF_STORE_HOME);
	struct sf_store_params params = sf_store_ask_of(&cmd->session.target);
	enum sf_store_state state;
	enum sf_err r;

	params.user = user;
	sf_session_lock(&cmd->session, user, &lock);
	r = kernel_store->find(&params, &kernel, e);
	if (r == SF_OK)
		r = keyring_store->find(&params, &keyring, e);
	if (r == SF_OK)
		r = sf_store_pending_get(cmd->session.target.app_key, user, &pending, e);
	if (r != SF_OK)
		return r;
	record_keyring_state(tally, keyring.state);
	const bool is_pending = revoke_pending(cmd, pending, &keyring, tally);
	for (size_t i = 0; i < keyring.count && !is_pending; i++)
		revoke_one(cmd, keyring.tokens[i], tally);
	for (size_t i = 0; i < kernel.count; i++) {
		if (!is_covered(kernel.tokens[i], pending, &keyring))
			revoke_one(cmd, kernel.tokens[i], tally);
	}
	r = kernel_store->erase(&params, &state, e);
	if (r == SF_OK && keyring.count > 0)
		r = keyring_store->erase(&params, &state, e);
	if (r == SF_OK && keyring.count > 0)
		record_keyring_state(tally, state);
	return r == SF_OK ? clear_default_user(cmd, user, e) : r;
}

static bool has_user(const struct sf_store_found *found, const char *user)
{
	for (size_t i = 0; i < found->count; i++) {
		if (strcmp(found->tokens[i]->username, user) == 0)
			return true;
	}
	return false;
}

/*
 * Sign out users who have nothing but a pending token: all with --all, else one, and only if
 * nobody was signed out yet. sign_out_user drops the pending token, so each round finds another.
 */
static enum sf_err sign_out_pending(struct sf_cmd *cmd, struct tally *tally, struct sf_error *e)
{
	for (int i = 0; i < SF_STORE_FOUND_MAX; i++) {
		SF_CLEANUP(sf_token_freep) struct sf_token *pending = NULL;
		enum sf_err r = SF_OK;

		if (tally->erased > 0 && !cmd->options->is_all)
			return SF_OK;
		r = sf_store_pending_get(
		    cmd->session.target.app_key, cmd->session.target.user, &pending, e);
		if (r != SF_OK || !pending)
			return r;
		r = sign_out_user(cmd, pending->username, tally, e);
		if (r != SF_OK)
			return r;
	}
	return SF_OK;
}

/*
 * Sign out of the org: with --all every user (or --user alone), without it the user whose token
 * `sfoauth token` would print. Like there, the kernel comes before the keyring.
 */
static enum sf_err sign_out(struct sf_cmd *cmd, struct tally *tally, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found kernel = {0};
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found keyring = {0};
	struct sf_store_params params = sf_store_ask_of(&cmd->session.target);
	const bool is_all = cmd->options->is_all;
	enum sf_err r;

	params.wants_all = is_all;
	if (is_all)
		params.user = cmd->options->user;
	r = sf_store_row(SF_STORE_CACHE)->find(&params, &kernel, e);
	if (r == SF_OK)
		r = sf_store_row(SF_STORE_HOME)->find(&params, &keyring, e);
	if (r == SF_OK)
		record_keyring_state(tally, keyring.state);
	for (size_t i = 0; r == SF_OK && i < kernel.count; i++)
		r = sign_out_user(cmd, kernel.tokens[i]->username, tally, e);
	for (size_t i = 0; r == SF_OK && i < keyring.count; i++) {
		const char *user = keyring.tokens[i]->username;

		if (!is_all && (kernel.count > 0 || i > 0))
			break;
		if (!has_user(&kernel, user))
			r = sign_out_user(cmd, user, tally, e);
	}
	return r == SF_OK ? sign_out_pending(cmd, tally, e) : r;
}

enum sf_err sf_cmd_logout(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep)
	struct sf_json_out *out = cmd->options->is_json ? sf_json_out_reply() : NULL;
	const struct sf_config *config = cmd->settings->config;
	struct tally tally = {.keyring = SF_OK, .out = out};
	enum sf_err r = SF_OK;

	if (!cmd->options->is_all) {
		r = sf_cmd_begin(cmd, NULL, e);
		if (r == SF_OK)
			r = sign_out(cmd, &tally, e);
	}
	for (size_t i = 0; cmd->options->is_all && r == SF_OK && i < config->org_count; i++) {
		if (config->orgs[i].login_url[0] == '\0')
			continue;
		r = sf_cmd_begin(cmd, &config->orgs[i], e);
		if (r == SF_OK)
			r = sign_out(cmd, &tally, e);
	}
	/* With --json the rows of users who were signed out are printed with the failure, too. */
	if (tally.erased > 0 && (r != SF_OK || tally.keyring != SF_OK || tally.not_revoked > 0))
		*cmd->ret_partial = SF_TAKE(out);
	if (r != SF_OK)
		return r;
	if (tally.keyring != SF_OK)
		return SF_FAIL_MESSAGE(e, tally.keyring, SF_MESSAGE_STILL_IN_KEYRING, NULL);
	if (tally.not_revoked > 0) {
		/* A row of advice.def: local tokens are gone, so trying again would not help. */
		cmd->end = (struct sf_job_result){.row = "not_revoked"};
		cmd->end.error.code = SF_E_UNAVAILABLE;
		return SF_FAIL_MESSAGE(e, SF_E_UNAVAILABLE, SF_MESSAGE_NOT_REVOKED,
		    SF_WITH({"n", SF_NUMBER(tally.not_revoked)}, {"all", SF_NUMBER(tally.erased)}));
	}
	if (tally.erased == 0)
		sf_cmd_tell(cmd, SF_MESSAGE_NOBODY_SIGNED_IN, NULL);
	sf_json_out_text(out, "status", "ok");
	return cmd->options->is_json ? sf_json_out_print(out, e) : SF_OK;
}
