/*
 * The steps of a setup: edit the text of the file, ask for a value, try a sign-in. Writes no file;
 * cmd_setup.c puts the steps in order.
 */
#include "setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tty_ask.h"
#include "clock.h"
#include "report.h"
#include "sfid.h"
#include "signin_run.h"
#include "text.h"
#include "wrap.h"

#include "banned.h"

#define SF_NEW_APP_S      (32 * 60) /* Salesforce documents up to 30 minutes for a new app */
#define SF_NEW_APP_STEP_S 10        /* between two sign-ins while waiting for the app */
#define SF_PROMPT_SIZE    512
#define SF_PROBE_SCOPE    "openid id" /* enough to learn the user and the organization */
#define SF_MINUTE_S       60
#define SF_KEY_BEGIN_LEN  8 /* of the consumer key: enough to compare, too short to copy */

void sf_setup_clear(struct sf_setup *setup)
{
	free(setup->text);
	sf_config_free(setup->config);
}

enum sf_err sf_setup_set(struct sf_setup *setup, const char *section,
    const struct sf_conf_edit *edit, struct sf_error *e)
{
	struct sf_conf_edit whole = *edit;
	char *text = NULL;

	/* A line feed in the value would start another key or section in the file. */
	if (edit->value && !sf_text_is_clean(edit->value, strlen(edit->value)))
		return SF_FAIL_MESSAGE(
		    e, SF_E_USAGE, SF_MESSAGE_CONTROL_CHARACTERS, SF_WITH({"key", edit->key}));
	whole.section = !section ? setup->section : section;
	if (!sf_conf_edit_set(setup->text, &whole, &text))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a file");
	free(setup->text);
	setup->text = text;
	return SF_OK;
}

enum sf_err sf_setup_check(struct sf_setup *setup, struct sf_error *e)
{
	const struct sf_config_params params = {.name = setup->path, .allow_pam = setup->is_host};
	struct sf_config *config = NULL;
	enum sf_err r = sf_config_parse(&params, setup->text, strlen(setup->text), &config, e);

	/* The file on disk is intact: the wrong value is one that the person gave. */
	if (r == SF_E_CONFIG)
		e->code = r = SF_E_USAGE;
	if (r != SF_OK)
		return r;
	sf_config_free(setup->config);
	setup->config = config;
	setup->org = sf_config_org(config, setup->section + strlen("org "));
	return setup->org != NULL ? SF_OK : SF_FAIL(e, SF_E_BUG, 0, "the org is not in its file");
}

bool sf_setup_can_ask(const struct sf_setup *setup)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO) && !setup->cmd->options->is_yes;
}

/*
 * A copy without the blanks that pasting adds at both ends; the caller frees it. NULL: no memory.
 */
static char *without_blanks(const char *text)
{
	size_t len;

	text += strspn(text, " ");
	len = strlen(text);
	while (len > 0 && text[len - 1] == ' ')
		len--;
	return strndup(text, len);
}

/*
 * Ask at the terminal until the line fits, or is empty and there is a fallback; *ret_value is then
 * the line, and the caller's to free. Ctrl-C and Ctrl-D end the loop with an error.
 */
static enum sf_err ask_person(
    const struct sf_setup_question *question, char **ret_value, struct sf_error *e)
{
	const char *fallback = question->fallback;
	char prompt[SF_PROMPT_SIZE];
	struct sf_text text = SF_TEXT(prompt);
	const struct sf_tty_ask ask = {.prompt = prompt};

	(void)sf_text_addf(&text, "%s%s%s%s: ", question->prompt, fallback ? " [" : "",
	    fallback ? fallback : "", fallback ? "]" : "");
	if (question->lead)
		(void)fputs(question->lead, stderr);
	for (;;) {
		SF_CLEANUP(sf_secret_freep) struct sf_secret *line = NULL;
		enum sf_err r = sf_tty_ask_line(&ask, &line, e);
		char *value = r == SF_OK ? without_blanks(sf_secret_reveal(line)) : NULL;

		if (r != SF_OK)
			return r;
		*ret_value = value;
		if (!value)
			return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for an answer");
		if (value[0] == '\0' ? fallback != NULL : !question->fits || question->fits(value))
			return SF_OK;
		free(value);
		*ret_value = NULL;
		if (question->again)
			(void)fputs(question->again, stderr);
	}
}

enum sf_err sf_setup_ask(const struct sf_setup *setup, const struct sf_setup_question *question,
    char **ret_value, struct sf_error *e)
{
	const char *value = question->given;

	if (!question->given && sf_setup_can_ask(setup)) {
		char *typed = NULL;
		enum sf_err r = ask_person(question, &typed, e);

		if (r != SF_OK)
			return r;
		if (typed && typed[0] != '\0') {
			*ret_value = typed;
			return SF_OK;
		}
		free(typed);
	}
	if (!value || value[0] == '\0')
		value = question->fallback;
	if ((!value || value[0] == '\0') && question->or_flag)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_FLAGS_NEEDED,
		    SF_WITH({"flag", question->flag}, {"other", question->or_flag}));
	if (!value || value[0] == '\0')
		return SF_FAIL_MESSAGE(
		    e, SF_E_USAGE, SF_MESSAGE_FLAG_NEEDED, SF_WITH({"flag", question->flag}));
	*ret_value = without_blanks(value);
	return *ret_value != NULL ? SF_OK : SF_FAIL(e, SF_E_NOMEM, 0, "no memory for an answer");
}

/*
 * One sign-in with the new settings. For a person, the token is stored and usable afterwards. For a
 * host, only the facts matter, and the token is revoked.
 */
static enum sf_err try_once(
    struct sf_setup *setup, struct sf_setup_trial *ret_trial, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_session *session = &setup->cmd->session;
	struct sf_signin_params params;
	struct sf_facts facts;
	enum sf_err r;

	if (!setup->is_host) {
		r = sf_session_sign_in(session, &token, e);
		if (r != SF_OK)
			return r;
		memcpy(ret_trial->org_id, token->org_id, sizeof(ret_trial->org_id));
		memcpy(ret_trial->username, token->username, sizeof(ret_trial->username));
		return SF_OK;
	}
	params = session->params.signin;
	params.scope = SF_PROBE_SCOPE;
	r = sf_signin_run_probe(&session->target, &params, &facts, e);
	if (r != SF_OK)
		return r;
	if (!sf_sfid_parse(facts.organization_id, "00D", ret_trial->org_id) ||
	    !sf_text_copy(ret_trial->username, sizeof(ret_trial->username), facts.username))
		return SF_FAIL(e, SF_E_ANSWER, 0, "Salesforce does not say of which organization");
	return SF_OK;
}

/* The numbers have a fixed width, because each call overwrites the line of the last one. */
static void show_wait(const struct sf_cmd *cmd, int next_s, int left_s)
{
	char wait[16], left[16];
	struct sf_text wait_text = SF_TEXT(wait), left_text = SF_TEXT(left);

	(void)sf_text_addf(&wait_text, "%2d", next_s);
	(void)sf_text_addf(&left_text, "%2d:%02d", left_s / SF_MINUTE_S, left_s % SF_MINUTE_S);
	sf_cmd_tell(cmd, SF_MESSAGE_TRYING_AGAIN, SF_WITH({"wait", wait}, {"left", left}));
}

/* Wait until the next attempt, at most until until_ms; show a countdown on a terminal. */
static void wait_for_next(const struct sf_cmd *cmd, int64_t until_ms)
{
	const int64_t next_ms = sf_clock_within_ms(until_ms, SF_NEW_APP_STEP_S * 1000);
	const bool counts_down =
	    cmd->tty.counts_down && sf_wrap_width(STDERR_FILENO) == SF_WRAP_COLUMNS;

	while (sf_clock_left_ms(next_ms) > 0) {
		if (counts_down)
			show_wait(cmd, sf_clock_left_ms(next_ms) / 1000,
			    sf_clock_left_ms(until_ms) / 1000);
		sf_clock_sleep_until(sf_clock_within_ms(next_ms, 1000));
	}
	/* Blanked, so that half an hour of attempts leaves no line and no rest of one. */
	if (counts_down)
		(void)fprintf(stderr, "\r%*s\r", SF_WRAP_COLUMNS - 1, "");
}

/* Explain the wait, with the start of the consumer key, so that a wrong key is noticed early. */
static void tell_app_is_new(const struct sf_setup *setup)
{
	char begin[SF_KEY_BEGIN_LEN + 1];
	struct sf_text text = SF_TEXT(begin);

	(void)sf_text_addf(&text, "%.*s", SF_KEY_BEGIN_LEN, setup->org->client_id);
	sf_cmd_tell(setup->cmd, SF_MESSAGE_APP_IS_NEW, SF_WITH({"begin", begin}));
}

enum sf_err sf_setup_try(
    struct sf_setup *setup, struct sf_setup_trial *ret_trial, struct sf_error *e)
{
	struct sf_cmd *cmd = setup->cmd;
	const int64_t until_ms = sf_clock_now_ms() + SF_NEW_APP_S * 1000;
	bool is_told = false;
	enum sf_err r = sf_cmd_begin(cmd, setup->org, e);

	if (r != SF_OK)
		return r;
	cmd->session.params.signin.ui = &cmd->tty.ui;
	cmd->session.params.signin.ret_flow = &ret_trial->flow;
	if (setup->is_host && !cmd->session.params.signin.flow)
		cmd->session.params.signin.flow = sf_flows_name(SF_FLOW_AUTO);
	cmd->session.params.signin.is_elsewhere = setup->is_host;
	for (;;) {
		r = try_once(setup, ret_trial, e);
		if (r != SF_E_APP || cmd->end.app != SF_APP_FAULT_UNKNOWN ||
		    cmd->options->is_no_wait || sf_clock_left_ms(until_ms) == 0)
			return r;
		if (!is_told)
			tell_app_is_new(setup);
		is_told = true;
		wait_for_next(cmd, until_ms);
	}
}
