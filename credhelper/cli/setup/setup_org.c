/*
 * The step of sfoauth setup that chooses the org: from an address or a colleague's line to
 * login_url and the section of the file. Opens no connection.
 */
#include <stdlib.h>
#include <string.h>

#include "setup.h"
#include "setup_domain.h"
#include "setup_share.h"
#include "text.h"

#include "banned.h"

static void text_freep(char **text)
{
	free(*text);
	*text = NULL;
}

const struct sf_org *sf_setup_find_org(const struct sf_setup *setup)
{
	const struct sf_config *config = setup->cmd->settings->config;
	const char *name = setup->cmd->options->org;

	if (setup->cmd->settings->is_from_environment)
		return NULL;
	return sf_config_org(config, name);
}

/* An empty text becomes NULL, which put_key() leaves alone. */
static const char *or_null(const char *text)
{
	return !text || text[0] == '\0' ? NULL : text;
}

enum sf_err sf_setup_put(
    struct sf_setup *setup, const char *key, const char *value, struct sf_error *e)
{
	const struct sf_conf_edit edit = {.key = key, .value = value};

	return !value ? SF_OK : sf_setup_set(setup, NULL, &edit, e);
}

/*
 * A colleague's line must not move a configured org to another host. Otherwise the author of the
 * line would receive the client secret and the signed requests of that section. To move an org,
 * people edit the file by hand.
 */
static enum sf_err check_same_host(
    const struct sf_setup *setup, const char *name, const char *url, struct sf_error *e)
{
	const struct sf_org *org = sf_config_org(setup->cmd->settings->config, name);
	struct sf_origin there, given;
	struct sf_error ignored;

	if (!org || setup->cmd->settings->is_from_environment ||
	    sf_origin_parse(org->login_url, &there, &ignored) != SF_OK)
		return SF_OK;
	if (sf_origin_parse(url, &given, &ignored) == SF_OK && sf_origin_equal(&there, &given))
		return SF_OK;
	return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_ORG_IS_ELSEWHERE,
	    SF_WITH({"org", name}, {"host", there.host}));
}

static bool is_domain(const char *typed)
{
	char url[SF_ORIGIN_SIZE];
	struct sf_error ignored;

	return sf_setup_domain_login_url(typed, url, &ignored) == SF_OK &&
	       sf_setup_domain_is_salesforce(url);
}

/*
 * A colleague's line may come from a stranger: a sign-in at a host that is not Salesforce's would
 * hand the person's password to it. Before anything is opened, the person types its name. Nobody to
 * ask, or --yes: refused.
 */
static enum sf_err check_foreign_host(
    const struct sf_setup *setup, const char *url, struct sf_error *e)
{
	SF_CLEANUP(text_freep) char *typed = NULL;
	const char *host = url + strlen("https://");
	char prompt[SF_ORIGIN_SIZE + 256];
	struct sf_text text = SF_TEXT(prompt);
	const struct sf_setup_question question = {.prompt = prompt, .flag = "--org"};
	enum sf_err r = SF_OK;

	if (sf_setup_domain_is_salesforce(url))
		return SF_OK;
	if (sf_setup_can_ask(setup)) {
		(void)!sf_message_add(&text, SF_MESSAGE_ASK_FOREIGN, SF_WITH({"host", host}));
		r = sf_setup_ask(setup, &question, &typed, e);
	}
	if (r != SF_OK)
		return r;
	if (typed && strcmp(typed, host) == 0)
		return SF_OK;
	return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_SHARE_FOREIGN, SF_WITH({"host", host}));
}

/*
 * Set login_url, and how to get there; choose the section: the name from --org, else from the line,
 * else that of the configured org with this login_url, else one derived from the host.
 */
enum sf_err sf_setup_put_org(
    struct sf_setup *setup, const struct sf_setup_share *share, struct sf_error *e)
{
	const struct sf_options *options = setup->cmd->options;
	const struct sf_org *org = sf_setup_find_org(setup);
	SF_CLEANUP(text_freep) char *domain = NULL;
	char url[SF_ORIGIN_SIZE], name[SF_CONFIG_NAME_MAX + 1];
	struct sf_text section = SF_TEXT(setup->section);
	const struct sf_setup_question question = {
	    .flag = "--login-url",
	    .given = share != NULL ? share->login_url : options->login_url,
	    .prompt = sf_message_row(SF_MESSAGE_ASK_DOMAIN),
	    .lead = !org && !options->is_quiet ? sf_message_row(SF_MESSAGE_GUIDE_SANDBOX) : NULL,
	    .again = sf_message_row(SF_MESSAGE_ASK_DOMAIN_AGAIN),
	    .fits = is_domain,
	    .fallback = !org ? NULL : or_null(org->login_url),
	};
	enum sf_err r = sf_setup_ask(setup, &question, &domain, e);

	if (r == SF_OK)
		r = sf_setup_domain_login_url(domain, url, e);
	if (r == SF_OK && options->login_url && !share && !sf_setup_domain_is_salesforce(url))
		r = SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_NO_ADDRESS, NULL);
	if (r != SF_OK)
		return r;
	sf_setup_domain_name(url, name, sizeof(name));
	if (options->org)
		(void)!sf_text_copy(name, sizeof(name), options->org);
	else if (share)
		(void)!sf_text_copy(name, sizeof(name), share->name);
	else if (org && strcmp(org->login_url, url) == 0)
		(void)!sf_text_copy(name, sizeof(name), org->name);
	if (!sf_text_addf(&section, "org %s", name))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_ORG_NAME_TOO_LONG,
		    SF_WITH({"max", SF_NUMBER(SF_CONFIG_NAME_MAX)}));
	if (share)
		r = check_same_host(setup, name, url, e);
	if (r == SF_OK && share)
		r = check_foreign_host(setup, url, e);
	if (r == SF_OK)
		r = sf_setup_put(setup, "login_url", url, e);
	if (r == SF_OK)
		r = sf_setup_put(setup, "proxy", options->proxy, e);
	return r == SF_OK ? sf_setup_put(setup, "ca_file", options->ca_file, e) : r;
}
