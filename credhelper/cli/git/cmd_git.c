/*
 * sfoauth git: answers get, store and erase of git's credential protocol (gitcredentials(7)), which
 * git-credential-sfoauth passes on when the kernel alone cannot answer. For a host that belongs to
 * no org, and for other operations, it prints nothing, and git asks its next helper.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "file.h"
#include "git_config.h"
#include "git_org.h"
#include "gitcred.h"
#include "state_lock.h"
#include "json_out.h"
#include "text.h"

#include "banned.h"

#define SF_SIGN_IN_WAIT_MS (15 * 60 * 1000) /* as long as a sign-in may take */
#define SF_SIGN_IN_STEP_MS 100              /* between two tries to get the lock */

/* One call of this helper by git. */
struct call {
	struct sf_gitcred request;
	char origin[SF_ORIGIN_SIZE]; /* of the request's host; "" if it has none that we handle */
	struct sf_ui *person;        /* for a sign-in; NULL: no terminal, or git forbids it */
	bool is_declined;            /* a sign-in was shown, here or by another helper, in vain */
	bool is_other_host;          /* a token is stored, but was not issued for this host */
};

static void call_clear(struct call *call)
{
	sf_gitcred_clear(&call->request);
}

/* Read the request from standard input. It may hold a token, so it is read into a secret. */
static enum sf_err read_request(struct call *call, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *input = sf_secret_read_paragraph(STDIN_FILENO, SF_GITCRED_INPUT_MAX);
	enum sf_err r;

	if (!input)
		return SF_FAIL(e,
		    errno == E2BIG    ? SF_E_USAGE
		    : errno == ENOMEM ? SF_E_NOMEM
				      : SF_E_SYSTEM,
		    errno, "git's request cannot be read");
	r = sf_gitcred_parse(sf_secret_reveal(input), sf_secret_len(input), &call->request, e);
	if (r == SF_OK)
		sf_gitcred_origin(&call->request, call->origin);
	return r;
}

/*
 * Begin a session with an org for this call. The session itself shows no sign-in: sign_in() does,
 * for one helper at a time.
 */
static enum sf_err begin_session(
    struct sf_cmd *cmd, const struct sf_org *org, struct call *call, struct sf_error *e)
{
	enum sf_err r = sf_cmd_begin(cmd, org, e);
	const bool is_person = cmd->settings->git_may_ask && sf_tty_ui_is_there();

	if (r != SF_OK)
		return r;
	call->person = is_person ? &cmd->tty.ui : NULL;
	cmd->session.params.signin.ui = NULL;
	cmd->session.target.may_unlock = is_person && cmd->settings->has_display;
	/* With a token in the kernel, skip the keyring: D-Bus would take most of the time. */
	cmd->session.params.may_open_keyring = false;
	if (call->request.has_username && call->request.username[0] != '\0')
		cmd->session.target.user = call->request.username;
	return SF_OK;
}

/*
 * Find the org for the host and begin its session: an org whose configuration names the host, else
 * one with a stored token for it. *ret_ours: is there one?
 */
static enum sf_err find_org(
    struct sf_cmd *cmd, struct call *call, bool *ret_ours, struct sf_error *e)
{
	const struct sf_config *config = cmd->settings->config;
	const struct sf_org *org = NULL;

	*ret_ours = false;
	if (call->origin[0] == '\0')
		return SF_OK;
	org = sf_git_org_find(cmd->settings, &call->request, call->origin);
	if (org) {
		*ret_ours = true;
		return begin_session(cmd, org, call, e);
	}
	for (size_t i = 0; i < config->org_count && !*ret_ours; i++) {
		enum sf_err r;

		/* Do not open a keyring because git asks for some other host. */
		if (!sf_git_org_may_learn(&config->orgs[i], call->origin))
			continue;
		r = begin_session(cmd, &config->orgs[i], call, e);
		if (r == SF_OK)
			r = sf_git_org_has_learnt(&cmd->session.target, call->origin, ret_ours, e);
		if (r != SF_OK)
			return r;
	}
	return SF_OK;
}

/*
 * Find the stored token whose generation git presents. *ret_token is NULL if it is not stored any
 * longer: then another process has replaced it.
 */
static enum sf_err find_presented(const struct sf_cmd *cmd, const struct call *call,
    struct sf_token **ret_token, struct sf_error *e)
{
	struct sf_store_params params = sf_store_ask_of(&cmd->session.target);

	*ret_token = NULL;
	params.wants_all = true;
	for (int id = 0; id < SF_STORE_ID_COUNT; id++) {
		SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
		enum sf_err r = sf_store_row((enum sf_store_id)id)->find(&params, &found, e);

		if (r != SF_OK)
			return r;
		for (size_t i = 0; i < found.count; i++) {
			if (strcmp(found.tokens[i]->generation, call->request.generation) != 0)
				continue;
			*ret_token = SF_TAKE(found.tokens[i]);
			return SF_OK;
		}
	}
	return SF_OK;
}

/*
 * Free *token and fail with SIGN_IN_NEEDED if it was not issued for the host. The list in the token
 * decides, not the configuration: a host that was added later must not get an older token, which
 * its user never approved for it.
 */
static enum sf_err check_host(struct call *call, struct sf_token **token, struct sf_error *e)
{
	if (sf_token_is_for(*token, call->origin))
		return SF_OK;
	*token = sf_token_free(*token);
	call->is_other_host = true;
	return SF_FAIL(e, SF_E_SIGN_IN_NEEDED, 0, "the token was not issued for this host");
}

/* Get a valid token for this host from the stores or by a refresh, without a sign-in. */
static enum sf_err stored_token(
    struct sf_cmd *cmd, struct call *call, struct sf_token **ret_token, struct sf_error *e)
{
	enum sf_err r = sf_session_token(&cmd->session, ret_token, e);

	return r == SF_OK ? check_host(call, ret_token, e) : r;
}

/*
 * As stored_token, but not the token that the server has just refused: git repeats a request after
 * a 401 and presents the generation of the token it had got (the field `state[]`).
 */
static enum sf_err find_token(
    struct sf_cmd *cmd, struct call *call, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *refused = NULL;
	enum sf_err r = SF_OK;

	if (call->request.generation[0] != '\0')
		r = find_presented(cmd, call, &refused, e);
	if (r != SF_OK)
		return r;
	if (!refused)
		return stored_token(cmd, call, ret_token, e);
	r = sf_session_replace(&cmd->session, refused, ret_token, e);
	return r == SF_OK ? check_host(call, ret_token, e) : r;
}

/*
 * Sign in, one helper at a time: git starts one for each submodule, and the person should see one
 * sign-in, not ten. A helper that had to wait for the lock shows none: either the first one has
 * stored a token, or the person declined.
 */
static enum sf_err sign_in(
    struct sf_cmd *cmd, struct call *call, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	const struct sf_session *s = &cmd->session;
	const int64_t deadline_ms = sf_clock_now_ms() + SF_SIGN_IN_WAIT_MS;
	bool had_to_wait = false;
	enum sf_err r;

	for (;;) {
		r = sf_state_lock_try_org(
		    s->target.settings->home, s->target.app_key, SF_STATE_LOCK_SIGN_IN, &lock, e);
		if (r != SF_OK)
			return r;
		if (lock >= 0)
			break;
		had_to_wait = true;
		if (sf_clock_left_ms(deadline_ms) == 0)
			return SF_FAIL(e, SF_E_BUSY, 0, "another sign-in takes too long");
		sf_clock_sleep_until(sf_clock_now_ms() + SF_SIGN_IN_STEP_MS);
	}
	/* Another helper may have signed in between our search and the lock. */
	r = stored_token(cmd, call, ret_token, e);
	call->is_declined = r != SF_OK;
	if (r == SF_OK || had_to_wait)
		return r;
	cmd->session.params.signin.ui = call->person;
	r = sf_session_sign_in(&cmd->session, ret_token, e);
	call->is_declined = r != SF_OK;
	return r == SF_OK ? check_host(call, ret_token, e) : r;
}

/* Would a new sign-in fix this failure? */
static bool is_sign_in_wanted(enum sf_err r)
{
	return r == SF_E_SIGN_IN_NEEDED || r == SF_E_SPENT || r == SF_E_KEYRING ||
	       r == SF_E_KEYRING_LOCKED || r == SF_E_KEYRING_SILENT;
}

/* May a sign-in be shown? Not without a terminal, nor with credential.interactive=false. */
static bool may_ask(const struct call *call)
{
	struct sf_git_config config;
	char url[3 * SF_URL_MAX];

	if (!call->person || !sf_git_org_url(&call->request, call->origin, url))
		return false;
	sf_git_config_of(url, &config);
	return !config.forbids_asking;
}

/* Tell git to give up: the person declined a sign-in and should not be asked for a password. */
static void print_quit(void)
{
	static const char quit[] = "quit=1\n";

	(void)!sf_file_write_all(STDOUT_FILENO, quit, strlen(quit));
}

/* `get`: print a token for the host, after a sign-in if needed and allowed. */
static enum sf_err get(struct sf_cmd *cmd, struct call *call, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	enum sf_err r = find_token(cmd, call, &token, e);

	/* The same sign-in works for other hosts, so say why this host needs a new one. */
	if (call->is_other_host)
		sf_message_print(stderr, SF_MESSAGE_GIT_FOR_OTHERS, SF_WITH({"url", call->origin}));
	if (is_sign_in_wanted(r) && may_ask(call)) {
		r = sign_in(cmd, call, &token, e);
		if (call->is_declined)
			print_quit();
	}
	if (r != SF_OK)
		return r;
	sf_cmd_say_kept(cmd, token);
	r = sf_gitcred_output(&call->request, token, &text, e);
	return r == SF_OK ? sf_json_out_write(text, e) : r;
}

/*
 * `store`: the server accepted the token. If the kernel has it, copy it to the desktop keyring.
 * Any other text that git presents is not ours and is ignored.
 */
static enum sf_err store(struct sf_cmd *cmd, const struct sf_secret *presented, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	struct sf_store_params params = sf_store_ask_of(&cmd->session.target);
	enum sf_err r;

	params.wants_all = true;
	r = sf_store_row(SF_STORE_CACHE)->find(&params, &found, e);
	for (size_t i = 0; r == SF_OK && i < found.count; i++) {
		if (sf_secret_equal(presented, found.tokens[i]->access_token))
			sf_session_copy(&cmd->session, found.tokens[i]);
	}
	return r;
}

/*
 * `erase`: the server refused the token; drop it from the stores, but not its refresh token.
 * Salesforce may issue the same text again. Then only the generation shows that the stored token is
 * newer than the refused one, and a late 401 must not drop it.
 */
static enum sf_err erase(struct sf_cmd *cmd, const struct call *call,
    const struct sf_secret *presented, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *presented_token = NULL;
	enum sf_err r;

	if (call->request.generation[0] != '\0') {
		r = find_presented(cmd, call, &presented_token, e);
		if (r != SF_OK || !presented_token)
			return r;
	}
	return sf_session_erase(&cmd->session, presented, e);
}

enum sf_err sf_cmd_git(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(call_clear) struct call call = {.person = NULL};
	const char *operation = cmd->options->argument;
	const bool is_get = strcmp(operation, "get") == 0;
	const bool is_store = strcmp(operation, "store") == 0;
	const struct sf_secret *presented = NULL;
	bool is_ours = false;
	enum sf_err r;

	/* gitcredentials(7): a helper ignores operations that it does not know. */
	if (!is_get && !is_store && strcmp(operation, "erase") != 0)
		return SF_OK;
	r = read_request(&call, e);
	presented = sf_gitcred_presented(&call.request);
	if (r != SF_OK || (!is_get && !presented))
		return r;
	r = find_org(cmd, &call, &is_ours, e);
	if (r != SF_OK || !is_ours)
		return r;
	if (is_get)
		return get(cmd, &call, e);
	/* git waits for no output here, so an unlock dialog would come without a reason. */
	cmd->session.target.may_unlock = false;
	if (is_store)
		return store(cmd, presented, e);
	return erase(cmd, &call, presented, e);
}
