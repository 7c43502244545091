/*
 * Fuzzes the configuration parser with any bytes as a file. It must refuse the file with its line,
 * or accept it as a whole; the result must then be as config.h promises.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "origin.h"
#include "text.h"

#include "banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_list(const struct sf_list *list)
{
	require(list->count <= SF_CONFIG_LIST_MAX);
	for (size_t i = 0; i < list->count; i++)
		require(sf_text_is_printable(list->items[i]));
}

static void require_org(const struct sf_org *org)
{
	struct sf_origin origin;
	struct sf_error e;

	require(org->name[0] != '\0' && strlen(org->name) <= SF_CONFIG_NAME_MAX);
	require(sf_origin_parse(org->login_url, &origin, &e) == SF_OK);
	require(!sf_text_ends(org->login_url, "/"));
	require(sf_text_is_printable(org->client_id));
	require(org->organization_id[0] == '\0' || strlen(org->organization_id) == 18);
	require(org->session_timeout_s >= 60 && org->session_timeout_s <= 86400);
	require_list(&org->scopes);
	require_list(&org->also_for);
}

static void require_pam(const struct sf_pam *pam)
{
	require(pam->min_uid >= 1 && pam->approve_timeout_s >= 10);
	require(pam->start_rate.per_min >= 1 && pam->start_rate.source_per_min >= 1);
	require(
	    pam->username_template[0] == '\0' || strstr(pam->username_template, "{user}") != NULL);
	require_list(&pam->local_users);
	require_list(&pam->services);
}

/* As PAM arguments: `services=a,b` and the like; what they change keeps its promises, too. */
static void try_arguments(struct sf_config *config, const char *text, size_t size)
{
	static const char *const keys[] = {
	    "org", "services", "flows", "dialogue", "session_token", "user_map"};
	char value[128];
	size_t len = size < sizeof(value) ? size : sizeof(value) - 1;
	struct sf_error e;

	memcpy(value, text, len);
	value[len] = '\0';
	for (size_t i = 0; i < SF_COUNT(keys); i++)
		if (sf_config_set_pam(config, keys[i], value, &e) != SF_OK)
			require(e.code == SF_E_CONFIG);
		else
			require(i < SF_COUNT(keys) - 1 && value[0] != '\0');
	require_pam(&config->pam);
}

static void require_config(const struct sf_config *config)
{
	const struct sf_org *org = NULL;
	struct sf_error e = {0};

	require(config->org_count <= SF_CONFIG_ORGS_MAX);
	for (size_t i = 0; i < config->org_count; i++) {
		require_org(&config->orgs[i]);
		require(sf_config_org(config, config->orgs[i].name) == &config->orgs[i]);
	}
	require_pam(&config->pam);
	if (sf_config_check_pam(config, &org, &e) == SF_OK)
		require(config->has_pam && org->organization_id[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sf_config_params hosts = {.name = "fuzz.conf", .allow_pam = true};
	const struct sf_config_params user = {.name = "user.conf", .allow_pam = false};
	const char *text = size == 0 ? "" : (const char *)data;
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	struct sf_config *over = NULL;
	struct sf_error e = {0};

	if (sf_config_parse(&hosts, text, size, &config, &e) != SF_OK) {
		require(!config && e.code == SF_E_CONFIG);
		require(sf_config_parse(&hosts, "", 0, &config, &e) == SF_OK);
		try_arguments(config, text, size);
		return 0;
	}
	require_config(config);
	(void)sf_config_org(config, NULL);
	if (sf_config_parse(&user, text, size, &over, &e) != SF_OK) {
		require(config->has_pam);
		return 0;
	}
	require(!over->has_pam);
	/* A file laid over itself changes nothing but takes every org's place. */
	require(sf_config_merge(config, over, &e) == SF_OK);
	require_config(config);
	return 0;
}
