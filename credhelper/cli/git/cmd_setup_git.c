/*
 * sfoauth setup-git: adds git-credential-sfoauth to git's global configuration, for the hosts of
 * all orgs, or removes it. Leaves a host alone that has another helper, and writes nothing for all
 * hosts.
 */
#include <string.h>

#include "cmd.h"
#include "git_config.h"
#include "json_out.h"
#include "sfhost.h"
#include "text.h"

#include "banned.h"

#define SF_HELPER   SF_BINDIR "/git-credential-sfoauth"
#define SF_KEY_SIZE (SF_ORIGIN_SIZE + 32)

/* The helpers of one host in git's global configuration. */
enum helpers {
	NOTHING,
	OURS,  /* what this command writes, or our path alone */
	OTHERS /* anything else; the person's own, so left alone */
};

/* One host to set up. */
struct work {
	struct sf_cmd *cmd;
	struct sf_json_out *out; /* NULL without --json */
	char url[SF_ORIGIN_SIZE];
	char key[SF_KEY_SIZE]; /* credential.URL.helper */
};

/* Read the helpers of the host. Fails with CONFIG if git cannot read its configuration. */
static enum sf_err read_helpers(
    const struct work *work, enum helpers *ret_helpers, struct sf_error *e)
{
	/*
	 * An empty helper before ours: it removes helpers that are configured for all hosts. Git
	 * would pass them our token in `store`, and one would write it to a file.
	 */
	static const char ours[] = "\0" SF_HELPER;
	static const char path_alone[] = SF_HELPER;
	const char *const args[] = {"--global", "--get-all", work->key, NULL};
	char out[SF_GIT_CONFIG_SIZE];
	size_t len = 0;
	int status = 0;
	enum sf_err r = sf_git_config_run(args, out, &len, &status, e);

	if (r != SF_OK)
		return r;
	if (status > 1)
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_GIT_CANNOT_READ, NULL);
	if (len == 0)
		*ret_helpers = NOTHING;
	else if ((len == sizeof(ours) && memcmp(out, ours, len) == 0) ||
		 (len == sizeof(path_alone) && memcmp(out, path_alone, len) == 0))
		*ret_helpers = OURS;
	else
		*ret_helpers = OTHERS;
	return SF_OK;
}

/* Add a value to the host's key; with value NULL remove all its values. */
static enum sf_err write_key(const struct work *work, const char *value, struct sf_error *e)
{
	const char *const args[] = {
	    "--global", value != NULL ? "--add" : "--unset-all", work->key, value, NULL};
	char out[SF_GIT_CONFIG_SIZE];
	size_t len = 0;
	int status = 0;
	enum sf_err r = sf_git_config_run(args, out, &len, &status, e);

	if (r == SF_OK && status != 0)
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_GIT_CANNOT_WRITE, NULL);
	return r;
}

/* Add our helper, after an empty one. Both or none. */
static enum sf_err add_helper(const struct work *work, struct sf_error *e)
{
	struct sf_error ignored;
	enum sf_err r = write_key(work, "", e);

	if (r != SF_OK)
		return r;
	r = write_key(work, SF_HELPER, e);
	/* Undo: an empty value alone would leave the host without any helper. */
	if (r != SF_OK)
		(void)!write_key(work, NULL, &ignored);
	return r;
}

/* Report what was done for the host. state is its name in JSON. */
static void report_host(struct work *work, const char *state, enum sf_message word)
{
	struct sf_json_out *host = work->out != NULL ? sf_json_out_new() : NULL;

	sf_json_out_text(host, "url", work->url);
	sf_json_out_text(host, "state", state);
	if (host)
		sf_json_out_append(work->out, "hosts", host);
	sf_cmd_tell(work->cmd, word, SF_WITH({"url", work->url}));
}

/* Add our helper for the host, or with --remove take it away, if that changes anything. */
static enum sf_err set_up(struct work *work, struct sf_error *e)
{
	const bool is_remove = work->cmd->options->is_remove;
	enum helpers helpers = NOTHING;
	enum sf_err r = read_helpers(work, &helpers, e);

	if (r != SF_OK)
		return r;
	if (helpers == OTHERS) {
		report_host(work, "foreign", SF_MESSAGE_GIT_ASKS_OTHER);
		return SF_OK;
	}
	if (is_remove == (helpers == NOTHING)) {
		report_host(work, is_remove ? "absent" : "present",
		    is_remove ? SF_MESSAGE_GIT_DID_NOT_ASK : SF_MESSAGE_GIT_ASKS_ALREADY);
		return SF_OK;
	}
	r = is_remove ? write_key(work, NULL, e) : add_helper(work, e);
	if (r == SF_OK)
		report_host(work, is_remove ? "removed" : "added",
		    is_remove ? SF_MESSAGE_GIT_ASKS_NO_LONGER : SF_MESSAGE_GIT_ASKS);
	return r;
}

static enum sf_err set_up_origin(struct work *work, const char *origin, struct sf_error *e)
{
	struct sf_text key = SF_TEXT(work->key);

	sf_json_out_url(origin, work->url);
	if (!sf_text_addf(&key, "credential.%s.helper", work->url))
		return SF_FAIL(e, SF_E_BUG, 0, "the key of a host does not fit");
	return set_up(work, e);
}

/*
 * Set up the org's My Domain hosts that stored tokens name: the configuration of an org that signs
 * in at login.salesforce.com does not contain them.
 */
static enum sf_err set_up_learnt(struct work *work, struct sf_error *e)
{
	const struct sf_session *s = &work->cmd->session;
	struct sf_store_params params = sf_store_ask_of(&s->target);

	params.wants_all = true;
	for (int id = 0; id < SF_STORE_ID_COUNT; id++) {
		SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
		enum sf_err r = sf_store_row((enum sf_store_id)id)->find(&params, &found, e);

		for (size_t i = 0; r == SF_OK && i < found.count; i++) {
			const char *origin = sf_token_api_origin(found.tokens[i]);

			if (strcmp(origin, s->target.origin.text) != 0)
				r = set_up_origin(work, origin, e);
		}
		if (r != SF_OK)
			return r;
	}
	return SF_OK;
}

/* Set up all hosts of an org: its own, and those of also_for. Shows no unlock dialog. */
static enum sf_err set_up_org(struct work *work, const struct sf_org *org, struct sf_error *e)
{
	struct sf_origin origin;
	enum sf_err r = sf_cmd_begin(work->cmd, org, e);

	if (r != SF_OK)
		return r;
	work->cmd->session.target.may_unlock = false;
	if (sf_sfhost_is_login(&work->cmd->session.target.origin))
		r = set_up_learnt(work, e);
	else
		r = set_up_origin(work, work->cmd->session.target.origin.text, e);
	for (size_t i = 0; r == SF_OK && i < org->also_for.count; i++) {
		r = sf_origin_parse(org->also_for.items[i], &origin, e);
		if (r == SF_OK)
			r = set_up_origin(work, origin.text, e);
	}
	return r;
}

enum sf_err sf_cmd_setup_git(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep) struct sf_json_out *out = NULL;
	const struct sf_config *config = cmd->settings->config;
	const struct sf_org *one = NULL;
	struct work work = {.cmd = cmd};
	enum sf_err r = SF_OK;

	if (cmd->options->is_json)
		work.out = out = sf_json_out_reply();
	sf_json_out_text(out, "status", "ok");
	sf_json_out_text(out, "helper", SF_HELPER);
	if (cmd->options->org || config->org_count == 0) {
		r = sf_settings_org(cmd->settings, cmd->options->org, &one, e);
		if (r == SF_OK)
			r = set_up_org(&work, one, e);
	}
	for (size_t i = 0; r == SF_OK && !one && i < config->org_count; i++) {
		if (config->orgs[i].login_url[0] != '\0' && config->orgs[i].client_id[0] != '\0')
			r = set_up_org(&work, &config->orgs[i], e);
	}
	return r == SF_OK && out != NULL ? sf_json_out_print(out, e) : r;
}
