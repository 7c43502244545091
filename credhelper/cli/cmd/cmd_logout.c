/* sfoauth logout: revoke at Salesforce and erase here, for one user or all, one org or all. */
#include <string.h>

#include "cmd.h"
#include "file.h"
#include "json_out.h"
#include "store_pending.h"
#include "text.h"
#include "worker_jobs.h"

#include "banned.h"

struct tally {
	unsigned erased;
	unsigned not_revoked;
	enum sf_err keyring; /* why it could not be looked into; OK where it could, or is absent */
	struct sf_json_out *out;
};

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
 * What a refresh left in the kernel takes the place of the keyring's item: whatever is still alive
 * of that goes along, and is not told. False: nothing is parked.
 */
static bool revoke_parked(struct sf_cmd *cmd, const struct sf_token *parked,
    const struct sf_store_found *keyring, struct tally *tally)
{
	struct sf_error ignored;

	if (!parked)
		return false;
	revoke_one(cmd, parked, tally);
	for (size_t i = 0; i < keyring->count; i++)
		(void)!sf_worker_jobs_revoke(
		    &cmd->session.target, keyring->tokens[i], &cmd->end, &ignored);
	sf_store_pending_drop(cmd->session.target.key, parked->username);
	return true;
}

/* The kernel row often holds the access token of the keyring's item: then it is dead with that. */
static bool is_covered(const struct sf_token *token, const struct sf_token *parked,
    const struct sf_store_found *keyring)
{
	if (parked && sf_secret_equal(token->access_token, parked->access_token))
		return true;
	for (size_t i = 0; i < keyring->count; i++) {
		if (sf_secret_equal(token->access_token, keyring->tokens[i]->access_token))
			return true;
	}
	return false;
}

static void note_keyring(struct tally *tally, enum sf_store_state state)
{
	if (state == SF_STORE_LOCKED)
		tally->keyring = SF_E_KEYRING_LOCKED;
	if (state == SF_STORE_SILENT)
		tally->keyring = SF_E_KEYRING_SILENT;
}

/* Who has signed out is nobody's default any more: the next sign-in may be anybody's. */
static enum sf_err forget_choice(struct sf_cmd *cmd, const char *user, struct sf_error *e)
{
	struct sf_defaults choice = cmd->settings->choice;
	const char *chosen = sf_defaults_user(&choice, cmd->org->name);

	if (!chosen || !sf_text_equal_nocase(chosen, user))
		return SF_OK;
	(void)!sf_defaults_set_user(&choice, cmd->org->name, NULL);
	return sf_defaults_write(cmd->settings->home, &choice, e);
}

/* Under the lock, and read again: a refresh that is under way must not bring the sign-in back. */
static enum sf_err sign_out_user(
    struct sf_cmd *cmd, const char *user, struct tally *tally, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found kernel = {0};
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found keyring = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *parked = NULL;
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	const struct sf_store *hot = sf_store_row(SF_STORE_ID_kernel);
	const struct sf_store *home = sf_store_row(SF_STORE_ID_secret_service);
	struct sf_store_params params = sf_store_ask_of(&cmd->session.target);
	enum sf_store_state state;
	enum sf_err r = SF_OK;

	params.user = user;
	sf_session_lock(&cmd->session, user, &lock);
	if (cmd->session.target.has_kernel)
		r = hot->find(&params, &kernel, e);
	if (r == SF_OK)
		r = home->find(&params, &keyring, e);
	if (r == SF_OK)
		r = sf_store_pending_get(cmd->session.target.key, user, &parked, e);
	if (r != SF_OK)
		return r;
	note_keyring(tally, keyring.state);
	const bool is_parked = revoke_parked(cmd, parked, &keyring, tally);
	for (size_t i = 0; i < keyring.count && !is_parked; i++)
		revoke_one(cmd, keyring.tokens[i], tally);
	for (size_t i = 0; i < kernel.count; i++) {
		if (!is_covered(kernel.tokens[i], parked, &keyring))
			revoke_one(cmd, kernel.tokens[i], tally);
	}
	if (cmd->session.target.has_kernel)
		r = hot->erase(&params, &state, e);
	if (r == SF_OK && keyring.count > 0)
		r = home->erase(&params, &state, e);
	if (r == SF_OK && keyring.count > 0)
		note_keyring(tally, state);
	return r == SF_OK ? forget_choice(cmd, user, e) : r;
}

static bool has_user(const struct sf_store_found *found, const char *user)
{
	for (size_t i = 0; i < found->count; i++) {
		if (strcmp(found->tokens[i]->username, user) == 0)
			return true;
	}
	return false;
}

/* Who is nowhere but in what a refresh left in the kernel. */
static enum sf_err sign_out_parked(struct sf_cmd *cmd, struct tally *tally, struct sf_error *e)
{
	for (int i = 0; i < SF_STORE_FOUND_MAX; i++) {
		SF_CLEANUP(sf_token_freep) struct sf_token *parked = NULL;
		enum sf_err r = SF_OK;

		if (tally->erased > 0 && !cmd->options->is_all)
			return SF_OK;
		r = sf_store_pending_get(
		    cmd->session.target.key, cmd->session.target.user, &parked, e);
		if (r != SF_OK || !parked)
			return r;
		r = sign_out_user(cmd, parked->username, tally, e);
		if (r != SF_OK)
			return r;
	}
	return SF_OK;
}

/* --user, everybody with --all, else the one that `token` would take. */
static enum sf_err sign_out(struct sf_cmd *cmd, struct tally *tally, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found kernel = {0};
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found keyring = {0};
	struct sf_store_params params = sf_store_ask_of(&cmd->session.target);
	const bool is_all = cmd->options->is_all;
	enum sf_err r = SF_OK;

	params.wants_all = is_all;
	if (is_all)
		params.user = cmd->options->user;
	if (cmd->session.target.has_kernel)
		r = sf_store_row(SF_STORE_ID_kernel)->find(&params, &kernel, e);
	if (r == SF_OK)
		r = sf_store_row(SF_STORE_ID_secret_service)->find(&params, &keyring, e);
	if (r == SF_OK)
		note_keyring(tally, keyring.state);
	for (size_t i = 0; r == SF_OK && i < kernel.count; i++)
		r = sign_out_user(cmd, kernel.tokens[i]->username, tally, e);
	for (size_t i = 0; r == SF_OK && i < keyring.count; i++) {
		const char *user = keyring.tokens[i]->username;

		if (!is_all && (kernel.count > 0 || i > 0))
			break;
		if (!has_user(&kernel, user))
			r = sign_out_user(cmd, user, tally, e);
	}
	return r == SF_OK ? sign_out_parked(cmd, tally, e) : r;
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
	/* Who was signed out is told whatever went wrong besides. */
	if (tally.erased > 0 && (r != SF_OK || tally.keyring != SF_OK || tally.not_revoked > 0))
		*cmd->ret_partial = SF_TAKE(out);
	if (r != SF_OK)
		return r;
	if (tally.keyring != SF_OK)
		return SF_FAIL_MESSAGE(e, tally.keyring, SF_MESSAGE_STILL_IN_KEYRING, NULL);
	if (tally.not_revoked > 0) {
		/* Its own words: there is nothing here to try again. */
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
