/*
 * Decides which org's token git may have for a host: by configuration, or by the list in a stored
 * token. Compares canonical origins, never parts of host names.
 */
#include "git_org.h"

#include <string.h>

#include "git_config.h"
#include "json_out.h"
#include "sfhost.h"
#include "store.h"
#include "text.h"

#include "banned.h"

#define SF_GIT_URL_SIZE (3 * SF_URL_MAX)

bool sf_git_org_is_configured(const struct sf_org *org, const char *origin)
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

bool sf_git_org_may_learn(const struct sf_org *org, const char *origin)
{
	struct sf_origin own, host;
	struct sf_error ignored;

	return org->client_id[0] != '\0' &&
	       sf_origin_parse(org->login_url, &own, &ignored) == SF_OK &&
	       sf_origin_parse(origin, &host, &ignored) == SF_OK && sf_sfhost_is_login(&own) &&
	       sf_sfhost_is_my_domain_of(&host, &own);
}

enum sf_err sf_git_org_has_learnt(
    const struct sf_target *target, const char *origin, bool *ret_learnt, struct sf_error *e)
{
	const struct sf_store_params params = sf_store_ask_of(target);

	*ret_learnt = false;
	for (int id = 0; id < SF_STORE_ID_COUNT && !*ret_learnt; id++) {
		SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
		enum sf_err r = sf_store_row((enum sf_store_id)id)->find(&params, &found, e);

		if (r != SF_OK)
			return r;
		for (size_t i = 0; i < found.count; i++)
			*ret_learnt = *ret_learnt || sf_token_is_for(found.tokens[i], origin);
	}
	return SF_OK;
}

bool sf_git_org_url(
    const struct sf_gitcred *request, const char *origin, char ret[static SF_GIT_URL_SIZE])
{
	struct sf_text url = sf_text_over(ret, SF_GIT_URL_SIZE);
	char address[SF_ORIGIN_SIZE];

	sf_json_out_url(origin, address);
	sf_text_addf(&url, "%s/", address);
	return sf_text_add_percent(&url, request->path, "/");
}

/*
 * Choose among several orgs that are configured for the origin. git's configuration and defaults
 * only choose among these: neither may give a host the token of another org.
 */
static const struct sf_org *choose_org(const struct sf_settings *settings,
    const struct sf_gitcred *request, const char *origin, const struct sf_org *first)
{
	struct sf_git_config config = {.forbids_asking = false};
	const struct sf_org *chosen = NULL;
	struct sf_error ignored;
	char url[SF_GIT_URL_SIZE];

	if (sf_git_org_url(request, origin, url))
		sf_git_config_of(url, &config);
	if (config.org[0] != '\0')
		chosen = sf_config_org(settings->config, config.org);
	if (chosen && sf_git_org_is_configured(chosen, origin))
		return chosen;
	if (sf_settings_org(settings, NULL, &chosen, &ignored) == SF_OK &&
	    sf_git_org_is_configured(chosen, origin))
		return chosen;
	return first;
}

const struct sf_org *sf_git_org_find(
    const struct sf_settings *settings, const struct sf_gitcred *request, const char *origin)
{
	const struct sf_config *config = settings->config;
	const struct sf_org *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < config->org_count; i++) {
		if (!sf_git_org_is_configured(&config->orgs[i], origin))
			continue;
		if (count++ == 0)
			first = &config->orgs[i];
	}
	return count > 1 ? choose_org(settings, request, origin, first) : first;
}
