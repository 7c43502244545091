/*
 * sfoauth setup: collects the settings of an org from flags, a colleague's line or questions,
 * proves them with a sign-in, and only then writes the file. Does not touch PAM stacks or sshd.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tty_ask.h"
#include "cmd.h"
#include "file.h"
#include "setup_guide.h"
#include "setup.h"
#include "setup_share.h"
#include "text.h"
#include "store_credentials.h"

#include "banned.h"

static void text_freep(char **text)
{
	free(*text);
	*text = NULL;
}

/*
 * Read the current text of the file; a missing file is empty. The checks are those of the loader,
 * so that setup does not edit a file that others could have written.
 */
static enum sf_err read_file(struct sf_setup *setup, struct sf_error *e)
{
	const struct sf_file_params params = {
	    .path = setup->path,
	    .max = SF_CONFIG_FILE_MAX,
	    .check_directories = setup->is_host,
	    .own_only = !setup->is_host,
	};
	size_t len = 0;
	enum sf_err r = sf_file_read(&params, &setup->text, &len, e);

	if (r != SF_E_CONFIG || e->sys != ENOENT)
		return r;
	setup->text = strdup("");
	return setup->text != NULL ? SF_OK : SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a file");
}

/* PAM has no browser, and root must not open one. With a password, there is nothing to try. */
static bool is_host_flow(const char *flow)
{
	return strcmp(flow, sf_flows_name(SF_FLOW_DEVICE)) == 0 ||
	       strcmp(flow, sf_flows_name(SF_FLOW_PASTE)) == 0;
}

/* Choose the file, refuse options that do not fit --host, and read the file. */
static enum sf_err open_file(struct sf_setup *setup, struct sf_error *e)
{
	setup->is_host = setup->cmd->options->is_host;
	setup->path = setup->is_host ? SF_CONFIG_FILE : setup->cmd->settings->user_file;
	if (setup->is_host && geteuid() != 0)
		return SF_FAIL_MESSAGE(
		    e, SF_E_USAGE, SF_MESSAGE_HOST_NEEDS_ROOT, SF_WITH({"file", SF_CONFIG_FILE}));
	if (setup->is_host && setup->cmd->options->flow && !is_host_flow(setup->cmd->options->flow))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_HOST_HAS_NO_FLOW, NULL);
	if (setup->is_host && setup->cmd->options->is_client_secret)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_HOST_SECRET_IN_FILE, NULL);
	if (!setup->path)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_ROOT_HAS_NO_FILE, NULL);
	return read_file(setup, e);
}

/* An empty text becomes NULL, which sf_setup_put() leaves alone. */
static const char *or_null(const char *text)
{
	return !text || text[0] == '\0' ? NULL : text;
}

/*
 * The configured org whose section is edited; NULL if the section is new. The client_id of another
 * org must not become the proposal for a new one.
 */
static const struct sf_org *find_same_org(const struct sf_setup *setup)
{
	const struct sf_org *org = sf_setup_find_org(setup);

	return org != NULL && strcmp(org->name, setup->section + strlen("org ")) == 0 ? org : NULL;
}

/*
 * Print the instructions for Salesforce Setup, unless the app is known already from a flag or a
 * line. A host needs only the scopes that identify a user.
 */
static void show_guide(const struct sf_setup *setup, const struct sf_setup_share *share)
{
	char openid[] = "openid", id[] = "id", api[] = "api";
	char *host_scopes[] = {openid, id, api};
	const struct sf_list scopes = {.items = host_scopes, .count = SF_COUNT(host_scopes)};
	const struct sf_setup_guide guide = {
	    .host = setup->org->login_url + strlen("https://"),
	    .callbacks = &setup->org->callback,
	    .scopes = setup->is_host ? &scopes : &setup->org->scopes,
	    .is_host = setup->is_host,
	    .has_secret = setup->cmd->options->is_client_secret,
	};

	if (!share && !setup->cmd->options->client_id && !setup->cmd->options->is_quiet)
		sf_setup_guide_print_app(stderr, &guide);
}

/* The username of a person is a frequent mistake. */
static bool is_client_id(const char *typed)
{
	return typed[0] != '\0' && !strpbrk(typed, "@ ");
}

/*
 * Set client_id, callbacks, flow and organization_id. The guide prints the section as the parser
 * reads it, and the parser wants a client_id: a new org gets "x" until the person enters the real
 * one.
 */
static enum sf_err put_app(
    struct sf_setup *setup, const struct sf_setup_share *share, struct sf_error *e)
{
	const struct sf_options *options = setup->cmd->options;
	const struct sf_org *org = find_same_org(setup);
	SF_CLEANUP(text_freep) char *client_id = NULL;
	struct sf_setup_question question = {
	    .flag = "--client-id",
	    .given = share != NULL ? share->client_id : options->client_id,
	    .prompt = sf_message_row(SF_MESSAGE_ASK_CLIENT_ID),
	    .again = sf_message_row(SF_MESSAGE_ASK_CLIENT_ID_AGAIN),
	    .fits = is_client_id,
	    .fallback = !org ? NULL : or_null(org->client_id),
	};
	char callbacks[SF_SETUP_SHARE_SIZE];
	struct sf_text text = SF_TEXT(callbacks);
	enum sf_err r = SF_OK;

	for (size_t i = 0; share != NULL && i < share->callback_count; i++)
		(void)sf_text_addf(&text, "%s%s", i > 0 ? " " : "", share->callbacks[i]);
	if (options->callback)
		r = sf_setup_put(setup, "callback", options->callback, e);
	else if (text.len > 0)
		r = sf_setup_put(setup, "callback", callbacks, e);
	if (r == SF_OK)
		r = sf_setup_put(setup, "client_id", !org ? "x" : org->client_id, e);
	if (r == SF_OK)
		r = sf_setup_check(setup, e);
	if (r != SF_OK)
		return r;
	show_guide(setup, share);
	r = sf_setup_ask(setup, &question, &client_id, e);
	if (r == SF_OK && !is_client_id(client_id))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_NO_CLIENT_ID, NULL);
	if (r == SF_OK)
		r = sf_setup_put(setup, "client_id", client_id, e);
	if (r == SF_OK && options->flow && !setup->is_host)
		r = sf_setup_put(setup, "flow", options->flow, e);
	if (r == SF_OK && share)
		r = sf_setup_put(setup, "organization_id", or_null(share->organization_id), e);
	return r;
}

/*
 * With --client-secret, ask for the app's secret and store it in the desktop keyring. The file gets
 * only "keyring", because other programs of the person can read it.
 */
static enum sf_err save_secret(struct sf_setup *setup, struct sf_error *e)
{
	const struct sf_tty_ask question = {
	    .prompt = sf_message_row(SF_MESSAGE_ASK_CLIENT_SECRET), .is_hidden = true};
	SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = NULL;
	enum sf_store_state state;
	enum sf_err r;

	if (!setup->cmd->options->is_client_secret)
		return SF_OK;
	r = sf_cmd_begin(setup->cmd, setup->org, e);
	if (r == SF_OK)
		r = sf_tty_ask_line(&question, &secret, e);
	if (r == SF_OK)
		r = sf_store_credentials_put(&setup->cmd->session.target,
		    SF_STORE_CREDENTIALS_CLIENT_SECRET, setup->org->client_id, secret, &state, e);
	if (r == SF_OK && state != SF_STORE_DONE)
		return SF_FAIL_MESSAGE(e, SF_E_KEYRING, SF_MESSAGE_SECRET_NOT_KEPT,
		    SF_WITH({"state", sf_store_state_words(state)}));
	return r == SF_OK ? sf_setup_put(setup, "client_secret", "keyring", e) : r;
}

/* Accounts on a host read the system's file, so it is 0644; it holds no secret. */
static enum sf_err write_file(const struct sf_setup *setup, struct sf_error *e)
{
	const struct sf_conf_edit_file file = {
	    .path = setup->path, .mode = setup->is_host ? 0644 : 0600};

	return sf_conf_edit_write(&file, setup->text, e);
}

/* Say what was written and what to do next; with --json, one object on standard output as well. */
static enum sf_err show_result(
    struct sf_setup *setup, const struct sf_setup_trial *trial, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep) struct sf_json_out *out = NULL;
	char line[SF_SETUP_SHARE_SIZE];
	struct sf_text text = SF_TEXT(line);
	const bool has_line = sf_setup_share_format(setup->org, &text);
	const char *id = setup->org->organization_id;

	if (trial->username[0] != '\0')
		sf_cmd_tell(
		    setup->cmd, SF_MESSAGE_IT_WORKS, SF_WITH({"username", trial->username}));
	if (id[0] != '\0')
		sf_cmd_tell(setup->cmd, SF_MESSAGE_ORGANIZATION_PINNED, SF_WITH({"id", id}));
	sf_cmd_tell(setup->cmd, SF_MESSAGE_WRITTEN, SF_WITH({"file", setup->path}));
	/* The app of a host may lack the scopes that colleagues need on their own machines. */
	if (has_line && !setup->is_host)
		sf_cmd_tell(setup->cmd, SF_MESSAGE_FOR_COLLEAGUES, SF_WITH({"line", line}));
	/* The next steps come last, where people look. */
	if (setup->is_host)
		sf_setup_host_words(setup);
	else
		sf_cmd_tell(setup->cmd, SF_MESSAGE_NEXT, NULL);
	if (!setup->cmd->options->is_json)
		return SF_OK;
	out = sf_json_out_reply();
	sf_json_out_text(out, "status", "ok");
	sf_json_out_text(out, "org", setup->org->name);
	sf_json_out_text(out, "file", setup->path);
	sf_json_out_text(out, "organization_id", or_null(id));
	sf_json_out_text(out, "username", or_null(trial->username));
	sf_json_out_text(out, "share", has_line ? line : NULL);
	return sf_json_out_print(out, e);
}

/* --share: print the line for colleagues and change nothing. */
static enum sf_err print_share(struct sf_cmd *cmd, struct sf_error *e)
{
	char line[SF_SETUP_SHARE_SIZE];
	struct sf_text text = SF_TEXT(line);
	enum sf_err r = sf_settings_org(cmd->settings, cmd->options->org, &cmd->org, e);

	if (r == SF_OK && !sf_setup_share_format(cmd->org, &text))
		return SF_FAIL_MESSAGE(
		    e, SF_E_CONFIG, SF_MESSAGE_SHARE_NO_FIT, SF_WITH({"org", cmd->org->name}));
	if (r == SF_OK && printf("%s\n", line) < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot print");
	return r;
}

/*
 * Complete the text of the file. It is parsed after each step, so that a wrong value is refused
 * before the next question.
 */
static enum sf_err fill_text(
    struct sf_setup *setup, const struct sf_setup_share *share, struct sf_error *e)
{
	enum sf_err r = sf_setup_put_org(setup, share, e);

	if (r == SF_OK)
		r = put_app(setup, share, e);
	if (r == SF_OK)
		r = sf_setup_check(setup, e);
	if (r == SF_OK && setup->is_host)
		r = sf_setup_host_policy(setup, e);
	if (r == SF_OK)
		r = sf_setup_check(setup, e);
	if (r == SF_OK)
		r = save_secret(setup, e);
	return r == SF_OK ? sf_setup_check(setup, e) : r;
}

/*
 * With a second org and no default, every command would need --org. The only org so far becomes the
 * default, if it is in the same file.
 */
static enum sf_err keep_default(struct sf_setup *setup, struct sf_error *e)
{
	const struct sf_config *before = setup->cmd->settings->config;
	const struct sf_conf_edit edit = {.key = "default", .value = "yes"};
	char section[sizeof(setup->section)];
	struct sf_text text = SF_TEXT(section);
	enum sf_err r;

	if (setup->cmd->settings->is_from_environment || before->org_count != 1 ||
	    setup->org->is_default || strcmp(before->orgs[0].name, setup->org->name) == 0 ||
	    !sf_config_org(setup->config, before->orgs[0].name) ||
	    !sf_text_addf(&text, "org %s", before->orgs[0].name))
		return SF_OK;
	r = sf_setup_set(setup, section, &edit, e);
	if (r == SF_OK)
		sf_cmd_tell(setup->cmd, SF_MESSAGE_STAYS_DEFAULT,
		    SF_WITH({"org", before->orgs[0].name}, {"new", setup->org->name}));
	return r;
}

/* After a sign-in that failed: nothing was written, so show how to give the same answers again. */
static void tell_answers(const struct sf_setup *setup)
{
	const struct sf_org *org = setup->org;
	char line[2 * SF_SETUP_SHARE_SIZE];
	struct sf_text text = SF_TEXT(line);

	sf_text_add(&text, setup->is_host ? "--host " : "");
	if (!sf_setup_share_format(org, &text))
		return;
	if (org->proxy[0] != '\0')
		sf_text_addf(&text, " --proxy %s", org->proxy);
	if (org->ca_file[0] != '\0')
		sf_text_addf(&text, " --ca-file %s", org->ca_file);
	if (!text.overflow)
		sf_cmd_tell(setup->cmd, SF_MESSAGE_AGAIN_LINE, SF_WITH({"line", line}));
}

enum sf_err sf_cmd_setup(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_setup_clear) struct sf_setup setup = {.cmd = cmd};
	struct sf_setup_trial trial = {.flow = NULL};
	struct sf_setup_share share;
	const struct sf_setup_share *given = NULL;
	enum sf_err r = SF_OK;

	if (cmd->options->is_share)
		return print_share(cmd, e);
	if (cmd->options->argument) {
		r = sf_setup_share_parse(cmd->options->argument, &share, e);
		given = &share;
	}
	if (r == SF_OK)
		r = open_file(&setup, e);
	if (r == SF_OK)
		r = fill_text(&setup, given, e);
	if (r == SF_OK && !cmd->options->is_no_try) {
		r = sf_setup_try(&setup, &trial, e);
		if (r != SF_OK)
			tell_answers(&setup);
	}
	/* Pin the org of the sign-in, so that a sign-in approved in another org is refused. */
	if (r == SF_OK)
		r = sf_setup_put(&setup, "organization_id", or_null(trial.org_id), e);
	if (r == SF_OK && setup.is_host)
		r = sf_setup_host_flows(&setup, &trial, e);
	if (r == SF_OK)
		r = keep_default(&setup, e);
	if (r == SF_OK)
		r = sf_setup_check(&setup, e);
	if (r == SF_OK)
		r = write_file(&setup, e);
	return r == SF_OK ? show_result(&setup, &trial, e) : r;
}
