/*
 * A configuration as a whole: merge the files, apply PAM arguments to [pam], and check the rules
 * between sections. Reads no file (config_load.c) and parses no text (config_parse.c).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "config_row.h"
#include "list.h"
#include "origin.h"
#include "sfhost.h"
#include "text.h"

#include "banned.h"

/* Free what an org owns; the place can be used again. */
static void clear_org(struct sf_org *org)
{
	sf_config_row_clear("org", org);
	free(org->name);
	*org = (struct sf_org){.name = NULL};
}

struct sf_config *sf_config_free(struct sf_config *config)
{
	if (!config)
		return NULL;
	for (size_t i = 0; i < config->org_count; i++)
		clear_org(&config->orgs[i]);
	sf_config_row_clear("pam", &config->pam);
	free(config->orgs);
	free(config);
	return NULL;
}

void sf_config_freep(struct sf_config **config)
{
	*config = sf_config_free(*config);
}

/* The org with this name. Names are compared exactly. NULL: there is none. */
static struct sf_org *find_org(const struct sf_config *config, const char *name)
{
	for (size_t i = 0; i < config->org_count; i++) {
		if (strcmp(config->orgs[i].name, name) == 0)
			return &config->orgs[i];
	}
	return NULL;
}

enum sf_err sf_config_merge(
    struct sf_config *config, struct sf_config *take_over, struct sf_error *e)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *over = take_over;
	size_t added = 0;
	bool has_default = false;

	for (size_t i = 0; i < over->org_count; i++) {
		added += !find_org(config, over->orgs[i].name);
		has_default = has_default || over->orgs[i].is_default;
	}
	if (added > SF_CONFIG_ORGS_MAX - config->org_count)
		return SF_FAIL(e, SF_E_CONFIG, 0, "all files together have more than %d orgs",
		    SF_CONFIG_ORGS_MAX);
	/* The later file's default replaces the earlier one's, so that at most one org has it. */
	for (size_t i = 0; has_default && i < config->org_count; i++)
		config->orgs[i].is_default = false;
	for (size_t i = 0; i < over->org_count; i++) {
		struct sf_org *place = find_org(config, over->orgs[i].name);

		if (!place)
			place = &config->orgs[config->org_count++];
		else
			clear_org(place); /* whole orgs: keys of both files never mix */
		*place = over->orgs[i];
		over->orgs[i] = (struct sf_org){.name = NULL};
	}
	over->org_count = 0;
	return SF_OK;
}

enum sf_err sf_config_set_pam(
    struct sf_config *config, const char *key, const char *value, struct sf_error *e)
{
	static const char *const allowed[] = {
	    "org", "services", "flows", "dialogue", "session_token"};
	char words[SF_CONFIG_FILE_MAX / 16], buf[SF_ERROR_DETAIL_SIZE];
	struct sf_text rule = SF_TEXT(buf);
	struct sf_row_params params = {.value = words};
	bool is_allowed = false;

	for (size_t i = 0; i < SF_COUNT(allowed); i++)
		is_allowed = is_allowed || strcmp(allowed[i], key) == 0;
	if (!is_allowed || !sf_config_row_find("pam", key, &params.index))
		return SF_FAIL(e, SF_E_CONFIG, 0, "PAM argument %s= is not known", key);
	if (value[0] == '\0' || !sf_text_copy(words, sizeof(words), value))
		return SF_FAIL(e, SF_E_CONFIG, 0,
		    "PAM argument %s= has no value or one that is too long", key);
	/* A PAM argument cannot contain a blank, so commas separate the words of a list. */
	for (char *at = words; sf_config_row_is_repeatable(params.index) && *at != '\0'; at++)
		*at = *at == ',' ? ' ' : *at;
	switch (sf_config_row_set(&params, &config->pam, &rule)) {
	case SF_ROW_SET:
		return SF_OK;
	case SF_ROW_NOMEM:
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
	case SF_ROW_REFUSED:
		break;
	}
	return SF_FAIL(e, SF_E_CONFIG, 0, "PAM argument: %s", buf);
}

/*
 * Check the org that [pam] names. Without its own host and an organization id, users of other orgs
 * could log in, and anybody can create an org.
 */
static enum sf_err check_pam_org(
    const struct sf_config *config, const struct sf_org **ret_org, struct sf_error *e)
{
	const struct sf_org *org = find_org(config, config->pam.org);
	const char *flaw = NULL;
	struct sf_origin origin;
	enum sf_err r;

	if (config->pam.org[0] == '\0')
		return SF_FAIL(e, SF_E_CONFIG, 0, "[pam] has no org");
	if (!org)
		return SF_FAIL(e, SF_E_CONFIG, 0, "[pam] names the org %s, which has no section",
		    config->pam.org);
	r = sf_origin_parse(org->login_url, &origin, e);
	if (r != SF_OK)
		return r;
	if (sf_sfhost_is_login(&origin))
		flaw = "login_url must be a My Domain address";
	else if (org->client_id[0] == '\0' || org->organization_id[0] == '\0')
		flaw = "client_id and organization_id are needed";
	/* Not with a key: the module would have to read its passphrase. */
	else if (org->client_auth == SF_ORG_AUTH_PRIVATE_KEY_JWT ||
		 (org->client_auth > SF_ORG_AUTH_NONE && org->client_secret_file[0] == '\0'))
		flaw = "client_auth needs a client_secret_file";
	if (flaw)
		return SF_FAIL(
		    e, SF_E_CONFIG, 0, "[org %s]: %s where [pam] names it", org->name, flaw);
	*ret_org = org;
	return SF_OK;
}

enum sf_err sf_config_check_pam(
    const struct sf_config *config, const struct sf_org **ret_org, struct sf_error *e)
{
	/* A token of the person must not get into a session of root. */
	static const char *const no_session[] = {"sudo", "sudo-i", "su", "su-l"};
	const struct sf_pam *pam = &config->pam;

	if (!config->has_pam)
		return SF_FAIL(e, SF_E_CONFIG, 0, "there is no section [pam]");
	if ((pam->username_template[0] == '\0') == (pam->user_map[0] == '\0'))
		return SF_FAIL(e, SF_E_CONFIG, 0,
		    "[pam] must have exactly one of username_template and user_map");
	if (pam->user_map[0] != '\0' && sf_list_has(&pam->flows, sf_flows_name(SF_FLOW_PASSWORD)))
		return SF_FAIL(e, SF_E_CONFIG, 0,
		    "the flow password needs username_template: a user_map has no usernames");
	for (size_t i = 0; i < SF_COUNT(no_session); i++) {
		if (sf_list_has(&pam->session_services, no_session[i]))
			return SF_FAIL(
			    e, SF_E_CONFIG, 0, "session_services must not name %s", no_session[i]);
	}
	return check_pam_org(config, ret_org, e);
}

const struct sf_org *sf_config_org(const struct sf_config *config, const char *name)
{
	if (name)
		return find_org(config, name);
	for (size_t i = 0; i < config->org_count; i++) {
		if (config->orgs[i].is_default)
			return &config->orgs[i];
	}
	return config->org_count == 1 ? &config->orgs[0] : NULL;
}
