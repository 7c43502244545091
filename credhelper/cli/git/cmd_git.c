/* sfoauth git: git's get, store and erase, as git-credential-sfoauth hands them on. */
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

#define SF_SIGN_IN_WAIT_MS (15 * 60 * 1000)
#define SF_SIGN_IN_STEP_MS 100

/* What git asks, and whom we may ask in turn. */
struct question {
	struct sf_gitcred request;
	char origin[SF_ORIGIN_SIZE];
	struct sf_ui *person; /* NULL: nobody, or git forbids it */
	bool was_asked;       /* a sign-in came up, here or in another helper, and was not made */
	bool was_for_others;  /* a token is there, older than this host's also_for */
};

static void question_clear(struct question *question)
{
	sf_gitcred_clear(&question->request);
}

static enum sf_err read_question(struct question *question, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *input = sf_secret_read(STDIN_FILENO, SF_GITCRED_INPUT_MAX);
	enum sf_err r;

	if (!input)
		return SF_FAIL(e,
		    errno == E2BIG    ? SF_E_USAGE
		    : errno == ENOMEM ? SF_E_NOMEM
				      : SF_E_SYSTEM,
		    errno, "git's request cannot be read");
	r = sf_gitcred_parse(sf_secret_reveal(input), sf_secret_len(input), &question->request, e);
	if (r == SF_OK)
		sf_gitcred_origin(&question->request, question->origin);
	return r;
}

/* No sign-in comes up unasked: get shows one itself, one at a time. */
static enum sf_err begin(
    struct sf_cmd *cmd, const struct sf_org *org, struct question *question, struct sf_error *e)
{
	enum sf_err r = sf_cmd_begin(cmd, org, e);
	const bool is_person = cmd->settings->git_may_ask && sf_tty_ui_is_there();

	if (r != SF_OK)
		return r;
	question->person = is_person ? &cmd->tty.ui : NULL;
	cmd->session.params.signin.ui = NULL;
	cmd->session.target.may_unlock = is_person && cmd->settings->has_display;
	/* fill alone opens no D-Bus when the kernel row answers. */
	cmd->session.params.may_open_keyring = false;
	if (question->request.has_username && question->request.username[0] != '\0')
		cmd->session.target.user = question->request.username;
	return SF_OK;
}

/* Find the org whose session answers. *ret_ours is false where none does. */
static enum sf_err find_org(
    struct sf_cmd *cmd, struct question *question, bool *ret_ours, struct sf_error *e)
{
	const struct sf_config *config = cmd->settings->config;
	const struct sf_org *org = NULL;

	*ret_ours = false;
	if (question->origin[0] == '\0')
		return SF_OK;
	org = sf_git_org_find(cmd->settings, &question->request, question->origin);
	if (org) {
		*ret_ours = true;
		return begin(cmd, org, question, e);
	}
	for (size_t i = 0; i < config->org_count && !*ret_ours; i++) {
		enum sf_err r;

		/* For all others no keyring is opened. */
		if (!sf_git_org_may_learn(&config->orgs[i], question->origin))
			continue;
		r = begin(cmd, &config->orgs[i], question, e);
		if (r == SF_OK)
			r = sf_git_org_has_learnt(
			    &cmd->session.target, question->origin, ret_ours, e);
		if (r != SF_OK)
			return r;
	}
	return SF_OK;
}

/* The stored token of the generation that git brings back; NULL where it has gone meanwhile. */
static enum sf_err find_given(const struct sf_cmd *cmd, const struct question *question,
    struct sf_token **ret_token, struct sf_error *e)
{
	struct sf_store_params params = sf_store_ask_of(&cmd->session.target);

	*ret_token = NULL;
	params.wants_all = true;
	for (int id = 0; id < SF_STORE_ID_COUNT; id++) {
		SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
		enum sf_err r;

		if (id == SF_STORE_ID_kernel && !cmd->session.target.has_kernel)
			continue;
		r = sf_store_row((enum sf_store_id)id)->find(&params, &found, e);
		if (r != SF_OK)
			return r;
		for (size_t i = 0; i < found.count; i++) {
			if (strcmp(found.tokens[i]->generation, question->request.generation) != 0)
				continue;
			*ret_token = SF_TAKE(found.tokens[i]);
			return SF_OK;
		}
	}
	return SF_OK;
}

/* The token's own list decides, whatever the configuration says today. */
static enum sf_err check_host(
    struct question *question, struct sf_token **token, struct sf_error *e)
{
	if (sf_token_is_for(*token, question->origin))
		return SF_OK;
	*token = sf_token_free(*token);
	question->was_for_others = true;
	return SF_FAIL(e, SF_E_SIGN_IN_NEEDED, 0, "the token was not issued for this host");
}

/* A stored token for this host. */
static enum sf_err stored_token(
    struct sf_cmd *cmd, struct question *question, struct sf_token **ret_token, struct sf_error *e)
{
	enum sf_err r = sf_session_token(&cmd->session, ret_token, e);

	return r == SF_OK ? check_host(question, ret_token, e) : r;
}

/* A request that brings our generation says that the server refused that token. */
static enum sf_err find_token(
    struct sf_cmd *cmd, struct question *question, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *refused = NULL;
	enum sf_err r = SF_OK;

	if (question->request.generation[0] != '\0')
		r = find_given(cmd, question, &refused, e);
	if (r != SF_OK)
		return r;
	if (!refused)
		return stored_token(cmd, question, ret_token, e);
	r = sf_session_replace(&cmd->session, refused, ret_token, e);
	return r == SF_OK ? check_host(question, ret_token, e) : r;
}

/*
 * One sign-in for all helpers that wait: git starts one for each submodule. Who had to wait does
 * not begin another: either the first has left a token, or the person did not want one.
 */
static enum sf_err sign_in(
    struct sf_cmd *cmd, struct question *question, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	const struct sf_session *s = &cmd->session;
	const int64_t deadline_ms = sf_clock_now_ms() + SF_SIGN_IN_WAIT_MS;
	bool had_to_wait = false;
	enum sf_err r;

	for (;;) {
		r = sf_state_lock_try_org(
		    s->target.settings->home, s->target.key, SF_STATE_LOCK_SIGN_IN, &lock, e);
		if (r != SF_OK)
			return r;
		if (lock >= 0)
			break;
		had_to_wait = true;
		if (sf_clock_left_ms(deadline_ms) == 0)
			return SF_FAIL(e, SF_E_BUSY, 0, "another sign-in takes too long");
		sf_clock_sleep_until(sf_clock_now_ms() + SF_SIGN_IN_STEP_MS);
	}
	/* Between our look and the lock somebody else may have signed in. */
	r = stored_token(cmd, question, ret_token, e);
	question->was_asked = r != SF_OK;
	if (r == SF_OK || had_to_wait)
		return r;
	cmd->session.params.signin.ui = question->person;
	r = sf_session_sign_in(&cmd->session, ret_token, e);
	question->was_asked = r != SF_OK;
	return r == SF_OK ? check_host(question, ret_token, e) : r;
}

/* Is there nothing that a sign-in would not bring? */
static bool is_sign_in_wanted(enum sf_err r)
{
	return r == SF_E_SIGN_IN_NEEDED || r == SF_E_SPENT || r == SF_E_KEYRING ||
	       r == SF_E_KEYRING_LOCKED || r == SF_E_KEYRING_SILENT;
}

static bool may_ask(const struct question *question)
{
	struct sf_git_config config;
	char url[3 * SF_URL_MAX];

	if (!question->person || !sf_git_org_url(&question->request, question->origin, url))
		return false;
	sf_git_config_of(url, &config);
	return !config.forbids_asking;
}

/* The person was asked in vain: for a password git need not ask as well. */
static void say_quit(void)
{
	static const char quit[] = "quit=1\n";

	(void)!sf_file_write_all(STDOUT_FILENO, quit, strlen(quit));
}

static enum sf_err get(struct sf_cmd *cmd, struct question *question, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	enum sf_err r = find_token(cmd, question, &token, e);

	/* Elsewhere this sign-in works: why git needs another is not plain. */
	if (question->was_for_others)
		sf_message_print(
		    stderr, SF_MESSAGE_GIT_FOR_OTHERS, SF_WITH({"url", question->origin}));
	if (is_sign_in_wanted(r) && may_ask(question)) {
		r = sign_in(cmd, question, &token, e);
		if (question->was_asked)
			say_quit();
	}
	if (r != SF_OK)
		return r;
	sf_cmd_say_kept(cmd, token);
	r = sf_gitcred_output(&question->request, token, &text, e);
	return r == SF_OK ? sf_json_out_write(text, e) : r;
}

/* git says that it worked. Ours only if it is a token of the kernel row. */
static enum sf_err store(struct sf_cmd *cmd, const struct sf_secret *presented, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	struct sf_store_params params = sf_store_ask_of(&cmd->session.target);
	enum sf_err r;

	if (!cmd->session.target.has_kernel)
		return SF_OK;
	params.wants_all = true;
	r = sf_store_row(SF_STORE_ID_kernel)->find(&params, &found, e);
	for (size_t i = 0; r == SF_OK && i < found.count; i++) {
		if (sf_secret_equal(presented, found.tokens[i]->access_token))
			sf_session_copy(&cmd->session, found.tokens[i]);
	}
	return r;
}

/*
 * Salesforce may issue the same text anew: then the generation alone tells that what git refuses
 * here is not what is stored.
 */
static enum sf_err erase(struct sf_cmd *cmd, const struct question *question,
    const struct sf_secret *presented, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *given = NULL;
	enum sf_err r;

	if (question->request.generation[0] != '\0') {
		r = find_given(cmd, question, &given, e);
		if (r != SF_OK || !given)
			return r;
	}
	return sf_session_erase(&cmd->session, presented, e);
}

enum sf_err sf_cmd_git(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(question_clear) struct question question = {.person = NULL};
	const char *operation = cmd->options->argument;
	const bool is_get = strcmp(operation, "get") == 0;
	const bool is_store = strcmp(operation, "store") == 0;
	const struct sf_secret *presented = NULL;
	bool is_ours = false;
	enum sf_err r;

	if (!is_get && !is_store && strcmp(operation, "erase") != 0)
		return SF_OK;
	r = read_question(&question, e);
	presented = sf_gitcred_presented(&question.request);
	if (r != SF_OK || (!is_get && !presented))
		return r;
	r = find_org(cmd, &question, &is_ours, e);
	if (r != SF_OK || !is_ours)
		return r;
	if (is_get)
		return get(cmd, &question, e);
	/* Nobody waits for an answer: no dialog. */
	cmd->session.target.may_unlock = false;
	if (is_store)
		return store(cmd, presented, e);
	return erase(cmd, &question, presented, e);
}
