/*
 * sfoauth use: choose the default org and user, for commands without --org and --user. Writes the
 * person's state, never the configuration.
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "json_out.h"
#include "text.h"

#include "banned.h"

/*
 * Get a token of --user, which proves that this user can sign in, and store it in the kernel as the
 * default user's: git's front finds the token there without knowing a username. ret_user gets the
 * username as Salesforce spells it. Fails as sf_session_token.
 */
static enum sf_err get_user_token(
    struct sf_cmd *cmd, char *ret_user, size_t size, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_store_params params;
	enum sf_store_state state;
	enum sf_err r;

	cmd->session.target.default_user = cmd->options->user;
	r = sf_session_token(&cmd->session, &token, e);
	if (r != SF_OK)
		return r;
	sf_cmd_say_kept(cmd, token);
	params = sf_store_ask_of(&cmd->session.target);
	r = sf_store_row(SF_STORE_CACHE)->put(&params, token, &state, e);
	if (r == SF_OK && !sf_text_copy(ret_user, size, token->username))
		return SF_FAIL(e, SF_E_BUG, 0, "a username does not fit");
	return r;
}

/*
 * Choose the org that ORG or --org names, its user, or both, and write the defaults. Nothing is
 * written before the user's token is there: a default that cannot sign in would break git.
 */
static enum sf_err set_defaults(
    struct sf_cmd *cmd, struct sf_defaults *defaults, struct sf_error *e)
{
	const struct sf_options *options = cmd->options;
	const char *name = options->argument != NULL ? options->argument : options->org;
	char user[SF_TOKEN_USERNAME_SIZE];
	enum sf_err r = sf_settings_org(cmd->settings, name, &cmd->org, e);

	if (r == SF_OK && options->user) {
		r = sf_cmd_begin(cmd, cmd->org, e);
		if (r == SF_OK)
			r = get_user_token(cmd, user, sizeof(user), e);
		if (r == SF_OK && !sf_defaults_set_user(defaults, cmd->org->name, user))
			return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_USE_TOO_MANY,
			    SF_WITH({"max", SF_NUMBER(SF_CONFIG_ORGS_MAX)}));
	}
	if (r == SF_OK && options->argument && !sf_defaults_set_org(defaults, cmd->org->name))
		return SF_FAIL(e, SF_E_BUG, 0, "the name of an org does not fit");
	return r == SF_OK ? sf_defaults_write(cmd->settings->home, defaults, e) : r;
}

/* Remove the defaults of the named org, or of all. The org may be gone from the configuration. */
static enum sf_err clear_defaults(
    struct sf_cmd *cmd, struct sf_defaults *defaults, struct sf_error *e)
{
	const struct sf_options *options = cmd->options;
	const char *name = options->argument != NULL ? options->argument : options->org;

	if (options->user)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_USE_CLEAR_ALONE, NULL);
	if (!name)
		memset(defaults, 0, sizeof(*defaults));
	else
		(void)!sf_defaults_set_user(defaults, name, NULL);
	if (name && strcmp(defaults->org, name) == 0)
		defaults->org[0] = '\0';
	return sf_defaults_write(cmd->settings->home, defaults, e);
}

/* Columns of the longest org name. Names are ASCII, so columns are bytes. */
static int name_columns(const struct sf_config *config)
{
	size_t columns = 0;

	for (size_t i = 0; i < config->org_count; i++) {
		const size_t len = strlen(config->orgs[i].name);

		if (config->orgs[i].login_url[0] != '\0' && len > columns)
			columns = len;
	}
	return (int)columns;
}

/* Print a line for each org; "*" marks org, the default (NULL: none). */
static void show_words(
    const struct sf_cmd *cmd, const struct sf_org *org, const struct sf_defaults *defaults)
{
	const struct sf_config *config = cmd->settings->config;
	const int columns = name_columns(config);

	for (size_t i = 0; i < config->org_count; i++) {
		const struct sf_org *row = &config->orgs[i];
		const char *user = sf_defaults_user(defaults, row->name);
		const char *mark = row == org ? "*" : " ";
		char name[SF_CONFIG_NAME_MAX + 1];
		struct sf_text text = SF_TEXT(name);

		if (row->login_url[0] == '\0')
			continue;
		sf_text_addf(&text, "%-*s", columns, row->name);
		if (!user)
			(void)printf("%s %s  %s\n", mark, name, row->login_url);
		else
			sf_message_print(stdout, SF_MESSAGE_USE_ORG_AS,
			    SF_WITH({"mark", mark}, {"org", name}, {"url", row->login_url},
				{"username", user}));
	}
}

/* Print the orgs as JSON; org: the default, NULL if none. */
static enum sf_err show_json(const struct sf_cmd *cmd, const struct sf_org *org,
    const struct sf_defaults *defaults, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep) struct sf_json_out *out = sf_json_out_reply();
	const struct sf_config *config = cmd->settings->config;

	sf_json_out_text(out, "status", "ok");
	sf_json_out_text(out, "default", !org ? NULL : org->name);
	sf_json_out_list(out, "orgs");
	for (size_t i = 0; i < config->org_count; i++) {
		struct sf_json_out *row;

		if (config->orgs[i].login_url[0] == '\0')
			continue;
		row = sf_json_out_new();
		sf_json_out_text(row, "org", config->orgs[i].name);
		sf_json_out_text(row, "login_url", config->orgs[i].login_url);
		sf_json_out_text(row, "user", sf_defaults_user(defaults, config->orgs[i].name));
		sf_json_out_append(out, "orgs", row);
	}
	return sf_json_out_print(out, e);
}

/*
 * The default org with these defaults. Ignores SFOAUTH_ORG: `use` shows what it has written, not
 * what overrides that in this shell.
 */
static const struct sf_org *default_org(
    const struct sf_cmd *cmd, const struct sf_defaults *defaults)
{
	const char *name = defaults->org[0] != '\0' ? defaults->org : NULL;

	return sf_config_org(cmd->settings->config, name);
}

enum sf_err sf_cmd_use(struct sf_cmd *cmd, struct sf_error *e)
{
	const struct sf_options *options = cmd->options;
	struct sf_defaults defaults = cmd->settings->choice;
	const bool is_change = options->argument != NULL || options->user != NULL;
	enum sf_err r = SF_OK;

	/* `use ORG` and `use --org ORG` differ: only the first makes ORG the default org. */
	if (options->argument && options->org)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_USE_ORG_TWICE, NULL);
	if (options->is_clear)
		r = clear_defaults(cmd, &defaults, e);
	else if (is_change && cmd->settings->is_from_environment)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_USE_ENVIRONMENT, NULL);
	else if (is_change)
		r = set_defaults(cmd, &defaults, e);
	if (r != SF_OK)
		return r;
	const struct sf_org *org = default_org(cmd, &defaults);
	if (options->is_json)
		return show_json(cmd, org, &defaults, e);
	show_words(cmd, org, &defaults);
	if (!org)
		sf_cmd_tell(cmd, SF_MESSAGE_USE_NO_DEFAULT, NULL);
	return SF_OK;
}
