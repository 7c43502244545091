#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "gitcred.h"
#include "hotkey.h"
#include "output.h"
#include "text.h"

#include "banned.h"

/* What git asks, and the session that answers. */
struct question {
	struct sf_gitcred request;
	char origin[SF_ORIGIN_SIZE];
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

	if (input == NULL)
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

/* Does the configuration itself say that this org's token goes to the origin? */
static bool is_configured(const struct sf_org *org, const char *origin)
{
	struct sf_origin own;
	struct sf_error ignored;

	if (org->client_id[0] == '\0' || sf_origin_parse(org->login_url, &own, &ignored) != SF_OK)
		return false;
	if (strcmp(own.text, origin) == 0)
		return true;
	for (size_t i = 0; i < org->also_for.count; i++) {
		if (sf_origin_parse(org->also_for.items[i], &own, &ignored) == SF_OK &&
		    strcmp(own.text, origin) == 0)
			return true;
	}
	return false;
}

/*
 * Behind login.salesforce.com an org's own host is learnt with its token. Only hosts of Salesforce
 * are: for all others no keyring is opened. What decides is the list in the token.
 */
static bool may_be_learnt(const struct sf_org *org, const char *origin)
{
	static const char *const suffixes[] = {".my.salesforce.com:443", ".my.salesforce.mil:443",
	    ".my-salesforce.com:443", ".my.sfcrmproducts.cn:443"};
	struct sf_origin own;
	struct sf_error ignored;

	if (org->client_id[0] == '\0' || sf_origin_parse(org->login_url, &own, &ignored) != SF_OK ||
	    !sf_origin_is_login_host(&own))
		return false;
	for (size_t i = 0; i < SF_COUNT(suffixes); i++) {
		if (sf_text_ends(origin, suffixes[i]))
			return true;
	}
	return false;
}

static enum sf_err is_learnt(
    const struct sf_session *s, const char *origin, bool *ret_learnt, struct sf_error *e)
{
	const struct sf_store_ask ask = sf_session_store_ask(s);

	*ret_learnt = false;
	for (int id = 0; id < SF_STORE_ID_COUNT && !*ret_learnt; id++) {
		SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
		const enum sf_err r = sf_store_row((enum sf_store_id)id)->find(&ask, &found, e);

		if (r != SF_OK)
			return r;
		for (size_t i = 0; i < found.count; i++)
			*ret_learnt = *ret_learnt || sf_token_is_for(found.tokens[i], origin);
	}
	return SF_OK;
}

static enum sf_err begin(struct sf_cmd *cmd, const struct sf_org *org,
    const struct question *question, struct sf_error *e)
{
	const enum sf_err r = sf_cmd_begin(cmd, org, e);
	const bool is_person = cmd->settings->git_may_ask && sf_ui_tty_is_there();

	if (r != SF_OK)
		return r;
	cmd->session.ask.ui = is_person ? &cmd->tty.ui : NULL;
	cmd->session.ask.may_unlock = is_person && cmd->settings->has_display;
	/* fill alone opens no D-Bus when the kernel row answers. */
	cmd->session.ask.may_open_keyring = false;
	if (question->request.has_username && question->request.username[0] != '\0')
		cmd->session.ask.user = question->request.username;
	return SF_OK;
}

/* Find the org whose session answers. *ret_ours is false where none does. */
static enum sf_err find_org(
    struct sf_cmd *cmd, const struct question *question, bool *ret_ours, struct sf_error *e)
{
	const struct sf_config *config = cmd->settings->config;
	const struct sf_org *meant = NULL;
	struct sf_error ignored;

	*ret_ours = false;
	if (question->origin[0] == '\0')
		return SF_OK;
	/* Where several orgs have this host, the one that is meant elsewhere, too. */
	if (sf_settings_org(cmd->settings, cmd->options->org, &meant, &ignored) == SF_OK &&
	    is_configured(meant, question->origin)) {
		*ret_ours = true;
		return begin(cmd, meant, question, e);
	}
	for (size_t i = 0; i < config->org_count; i++) {
		if (!is_configured(&config->orgs[i], question->origin))
			continue;
		*ret_ours = true;
		return begin(cmd, &config->orgs[i], question, e);
	}
	for (size_t i = 0; i < config->org_count && !*ret_ours; i++) {
		enum sf_err r;

		if (!may_be_learnt(&config->orgs[i], question->origin))
			continue;
		r = begin(cmd, &config->orgs[i], question, e);
		if (r == SF_OK)
			r = is_learnt(&cmd->session, question->origin, ret_ours, e);
		if (r != SF_OK)
			return r;
	}
	return SF_OK;
}

static enum sf_err get(struct sf_cmd *cmd, const struct question *question, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	enum sf_err r = sf_session_token(&cmd->session, &token, e);

	if (r != SF_OK)
		return r;
	sf_cmd_say_kept(cmd, token);
	/* The token's own list decides, whatever the configuration says today. */
	if (!sf_token_is_for(token, question->origin))
		return SF_FAIL(e, SF_E_SIGN_IN_NEEDED, 0,
		    "the stored token was not issued for this host: sign in again");
	r = sf_gitcred_answer(token, &text, e);
	return r == SF_OK ? sf_output_write(text, e) : r;
}

/* git says that the password worked. Ours only if it is the token of the kernel row. */
static enum sf_err store(struct sf_cmd *cmd, const struct question *question, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	const struct sf_store_ask ask = sf_session_store_ask(&cmd->session);
	enum sf_err r;

	if (!cmd->session.has_kernel)
		return SF_OK;
	r = sf_store_row(SF_STORE_ID_kernel)->find(&ask, &found, e);
	if (r == SF_OK && found.count > 0 &&
	    sf_secret_equal(question->request.password, found.tokens[0]->access_token))
		sf_session_copy(&cmd->session, found.tokens[0]);
	return r;
}

enum sf_err sf_cmd_git(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(question_clear) struct question question = {0};
	const char *operation = cmd->options->argument;
	const bool is_get = strcmp(operation, "get") == 0;
	const bool is_store = strcmp(operation, "store") == 0;
	bool is_ours = false;
	enum sf_err r;

	if (!is_get && !is_store && strcmp(operation, "erase") != 0)
		return SF_OK;
	r = read_question(&question, e);
	if (r == SF_OK)
		r = find_org(cmd, &question, &is_ours, e);
	if (r != SF_OK || !is_ours)
		return r;
	if (is_get)
		return get(cmd, &question, e);
	if (question.request.password == NULL)
		return SF_OK;
	/* Nobody waits for an answer: no dialog. */
	cmd->session.ask.may_unlock = false;
	if (is_store)
		return store(cmd, &question, e);
	return sf_session_drop(&cmd->session, question.request.password, e);
}
