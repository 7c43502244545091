#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "cmd.h"
#include "output.h"
#include "park.h"
#include "text.h"

#include "banned.h"

#define SF_MINUTE_S 60
#define SF_HOUR_S   (60 * SF_MINUTE_S)
#define SF_DAY_S    (24 * SF_HOUR_S)

static bool is_default_user(const struct sf_cmd *cmd, const struct sf_token *token)
{
	const char *chosen = cmd->session.ask.default_user;

	return chosen != NULL && sf_text_equal_nocase(chosen, token->username);
}

/* A refresh token that is not used ages: Salesforce drops it after 30 days. */
static void say_refresh(const struct sf_token *token, int64_t now_s)
{
	const int64_t idle_s = now_s - (int64_t)(token->issued_at_ms / 1000);

	if (token->refresh_token == NULL)
		return;
	(void)printf(", refresh token");
	if (token->issued_at_ms == 0 || idle_s < SF_HOUR_S)
		return;
	if (idle_s < 2 * SF_DAY_S)
		(void)printf(" used %" PRId64 " h ago", idle_s / SF_HOUR_S);
	else
		(void)printf(" used %" PRId64 " days ago", idle_s / SF_DAY_S);
}

static void say_token(const struct sf_cmd *cmd, const char *store, const struct sf_token *token)
{
	const int64_t now_s = sf_clock_wall_s();
	const uint32_t life_s = sf_token_life_s(token, now_s);

	(void)printf("  %s, in %s: ", token->username, store);
	if (life_s > 0)
		(void)printf("access token for %u min", life_s / SF_MINUTE_S);
	else
		(void)printf("no valid access token");
	say_refresh(token, now_s);
	(void)printf("%s\n", is_default_user(cmd, token) ? " (default)" : "");
}

/* A token as found in one row of stores. */
static void add_token(
    struct sf_cmd *cmd, const char *store, const struct sf_token *token, struct sf_output_json *org)
{
	struct sf_output_json *row;

	if (!cmd->options->is_json) {
		say_token(cmd, store, token);
		return;
	}
	row = sf_output_json_new();
	sf_output_json_text(row, "username", token->username);
	sf_output_json_bool(row, "default", is_default_user(cmd, token));
	sf_output_json_text(row, "store", store);
	sf_output_json_text(row, "organization_id", token->org_id);
	sf_output_json_text(row, "user_id", token->user_id);
	sf_output_json_text(row, "scope", token->scope);
	sf_output_json_number(row, "issued_at", token->issued_at_ms / 1000);
	sf_output_json_number(row, "expires_at", token->expires_at);
	sf_output_json_number(row, "life_s", sf_token_life_s(token, sf_clock_wall_s()));
	sf_output_json_bool(row, "has_refresh_token", token->refresh_token != NULL);
	sf_output_json_append(org, "tokens", row);
}

static enum sf_err show_tokens(struct sf_cmd *cmd, struct sf_output_json *org, struct sf_error *e)
{
	struct sf_store_ask ask = sf_session_store_ask(&cmd->session);
	size_t count = 0;

	ask.user = cmd->options->user;
	ask.may_prompt = false;
	ask.wants_all = true;
	for (int id = 0; id < SF_STORE_ID_COUNT; id++) {
		SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
		const struct sf_store *store = sf_store_row((enum sf_store_id)id);
		enum sf_err r;

		if (id == SF_STORE_ID_kernel && !cmd->session.has_kernel)
			continue;
		r = store->find(&ask, &found, e);
		if (r != SF_OK)
			return r;
		for (size_t i = 0; i < found.count; i++)
			add_token(cmd, store->name, found.tokens[i], org);
		count += found.count;
		if (store->keeps_refresh && cmd->options->is_json)
			sf_output_json_text(org, "keyring", sf_store_state_name(found.state));
		if (store->keeps_refresh && !cmd->options->is_json &&
		    found.state != SF_STORE_DONE && found.state != SF_STORE_NONE)
			(void)printf("  desktop keyring: %s\n", sf_store_state_name(found.state));
	}
	SF_CLEANUP(sf_token_freep) struct sf_token *parked = NULL;
	const enum sf_err r = sf_park_get(cmd->session.key, NULL, &parked, e);
	if (r == SF_OK && parked != NULL)
		add_token(cmd, "parked", parked, org);
	if (r == SF_OK && parked == NULL && count == 0 && !cmd->options->is_json)
		(void)printf("  not signed in\n");
	return r;
}

static enum sf_err show_org(struct sf_cmd *cmd, const struct sf_org *org, bool is_default,
    struct sf_output_json *out, struct sf_error *e)
{
	struct sf_output_json *row;
	enum sf_err r = sf_cmd_begin(cmd, org, e);

	if (r != SF_OK)
		return r;
	if (out == NULL)
		(void)printf(
		    "%s  %s%s\n", org->name, org->login_url, is_default ? "  (default)" : "");
	row = out == NULL ? NULL : sf_output_json_new();
	sf_output_json_text(row, "org", org->name);
	sf_output_json_text(row, "login_url", org->login_url);
	sf_output_json_bool(row, "default", is_default);
	r = show_tokens(cmd, row, e);
	if (out != NULL)
		sf_output_json_append(out, "orgs", row);
	return r;
}

enum sf_err sf_cmd_status(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_output_json_freep)
	struct sf_output_json *out = cmd->options->is_json ? sf_output_json_reply() : NULL;
	const struct sf_config *config = cmd->settings->config;
	const struct sf_org *meant = NULL;
	const char *only = cmd->options->org;
	struct sf_error ignored;
	unsigned shown = 0;

	(void)!sf_settings_org(cmd->settings, NULL, &meant, &ignored);
	sf_output_json_text(out, "status", "ok");
	for (size_t i = 0; i < config->org_count; i++) {
		const struct sf_org *org = &config->orgs[i];
		enum sf_err r;

		if (org->login_url[0] == '\0' || (only != NULL && strcmp(only, org->name) != 0))
			continue;
		shown++;
		r = show_org(cmd, org, org == meant, out, e);
		if (r != SF_OK)
			return r;
	}
	if (shown == 0 && only == NULL)
		return SF_FAIL(e, SF_E_CONFIG, 0, "no org is configured, see sfoauth.conf(5)");
	if (shown == 0)
		return SF_FAIL(e, SF_E_CONFIG, 0, "no org is called '%s'", only);
	return out == NULL ? SF_OK : sf_output_json_print(out, e);
}
