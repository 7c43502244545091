/*
 * sfoauth status: what is stored for each org and user, in which store, and for how long it is
 * valid. Reads stores only: no network, no unlock dialog, nothing is renewed or moved.
 */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "cmd.h"
#include "json_out.h"
#include "store_pending.h"
#include "text.h"

#include "banned.h"

#define SF_MINUTE_S 60
#define SF_HOUR_S   (60 * SF_MINUTE_S)
#define SF_DAY_S    (24 * SF_HOUR_S)

#define SF_ITEMS_MAX  (SF_STORE_ID_COUNT * SF_STORE_FOUND_MAX + 1) /* 1: the pending token */
#define SF_STATE_SIZE 128

/* One stored token. */
struct item {
	const struct sf_token *token;
	const char *store;    /* the value of "store" in JSON */
	enum sf_message line; /* the same for people; takes {state} */
};

/* What is stored for one org. items borrow: the stores' tokens in store order, then the pending. */
struct stored {
	struct sf_store_found found[SF_STORE_ID_COUNT];
	struct sf_token *pending;
	struct item items[SF_ITEMS_MAX];
	size_t count;
};

/* For SF_CLEANUP. The tokens are owned by found and pending. */
static void stored_clear(struct stored *stored)
{
	for (int id = 0; id < SF_STORE_ID_COUNT; id++)
		sf_store_found_clear(&stored->found[id]);
	sf_token_freep(&stored->pending);
}

/* Usernames are compared without case, as Salesforce does. */
static bool is_default_user(const struct sf_cmd *cmd, const struct sf_token *token)
{
	const char *chosen = cmd->session.target.default_user;

	return chosen != NULL && sf_text_equal_nocase(chosen, token->username);
}

/* Add the access token's remaining life. Minutes are rounded up, so that none is "0 min". */
static void add_access(struct sf_text *text, uint32_t life_s)
{
	if (life_s == 0)
		(void)!sf_message_add(text, SF_MESSAGE_ACCESS_TOKEN_EXPIRED, NULL);
	else if (life_s < 3 * SF_HOUR_S)
		(void)!sf_message_add(text, SF_MESSAGE_ACCESS_TOKEN_MINUTES,
		    SF_WITH({"n", SF_NUMBER((life_s + SF_MINUTE_S - 1) / SF_MINUTE_S)}));
	else
		(void)!sf_message_add(text, SF_MESSAGE_ACCESS_TOKEN_HOURS,
		    SF_WITH({"n", SF_NUMBER(life_s / SF_HOUR_S)}));
}

/*
 * Add the time since the refresh token was last used. Salesforce commonly ends a refresh token that
 * is not used for 30 days.
 */
static void add_refresh(struct sf_text *text, const struct sf_token *token, int64_t now_s)
{
	const int64_t idle_s = now_s - (int64_t)(token->issued_at_ms / 1000);

	if (token->issued_at_ms == 0 || idle_s < SF_HOUR_S)
		(void)!sf_message_add(text, SF_MESSAGE_REFRESH_TOKEN, NULL);
	else if (idle_s < 2 * SF_DAY_S)
		(void)!sf_message_add(text, SF_MESSAGE_REFRESH_TOKEN_HOURS,
		    SF_WITH({"n", SF_NUMBER(idle_s / SF_HOUR_S)}));
	else
		(void)!sf_message_add(text, SF_MESSAGE_REFRESH_TOKEN_DAYS,
		    SF_WITH({"n", SF_NUMBER(idle_s / SF_DAY_S)}));
}

/* Print one token: its store, its remaining life, its refresh token. Never the token itself. */
static void print_item(const struct item *item)
{
	const int64_t now_s = sf_clock_wall_s();
	char state[SF_STATE_SIZE];
	struct sf_text text = SF_TEXT(state);

	add_access(&text, sf_token_life_s(item->token, now_s));
	if (item->token->refresh_token) {
		sf_text_add(&text, ", ");
		add_refresh(&text, item->token, now_s);
	}
	sf_message_print(stdout, item->line, SF_WITH({"state", state}));
}

/* Print all items, grouped by user; users come in the order of their first item. */
static void print_users(const struct sf_cmd *cmd, const struct stored *stored)
{
	for (size_t i = 0; i < stored->count; i++) {
		const struct sf_token *token = stored->items[i].token;
		bool is_printed = false;

		for (size_t k = 0; k < i; k++)
			is_printed = is_printed || sf_text_equal_nocase(token->username,
						       stored->items[k].token->username);
		if (is_printed)
			continue;
		sf_message_print(stdout,
		    is_default_user(cmd, token) ? SF_MESSAGE_STATUS_DEFAULT_USER
						: SF_MESSAGE_STATUS_USER,
		    SF_WITH({"username", token->username}));
		for (size_t k = i; k < stored->count; k++) {
			if (sf_text_equal_nocase(token->username, stored->items[k].token->username))
				print_item(&stored->items[k]);
		}
	}
}

/* Print an org: its line, its users, and the keyring's state where that limits what is shown. */
static void print_org(const struct sf_cmd *cmd, const struct sf_org *org, bool is_default,
    const struct stored *stored)
{
	const enum sf_store_state state = stored->found[SF_STORE_HOME].state;
	const char *words = sf_store_state_words(state);

	sf_message_print(stdout, is_default ? SF_MESSAGE_STATUS_DEFAULT_ORG : SF_MESSAGE_STATUS_ORG,
	    SF_WITH({"org", org->name}, {"url", org->login_url}));
	print_users(cmd, stored);
	/* "Not signed in" would be a guess if the keyring could not be read. */
	if (state == SF_STORE_LOCKED || state == SF_STORE_SILENT)
		sf_message_print(
		    stdout, SF_MESSAGE_STATUS_KEYRING_UNREAD, SF_WITH({"state", words}));
	else if (stored->count == 0)
		sf_message_print(
		    stdout, SF_MESSAGE_STATUS_NOT_SIGNED_IN, SF_WITH({"org", org->name}));
	if (state == SF_STORE_ABSENT)
		sf_message_print(stdout, SF_MESSAGE_STATUS_KEYRING, SF_WITH({"state", words}));
}

/* Add an item to the array `tokens` of the org. No secret: ids, scopes and times alone. */
static void add_item_json(
    const struct sf_cmd *cmd, const struct item *item, struct sf_json_out *org)
{
	const struct sf_token *token = item->token;
	struct sf_json_out *row = sf_json_out_new();

	sf_json_out_text(row, "username", token->username);
	sf_json_out_bool(row, "default", is_default_user(cmd, token));
	sf_json_out_text(row, "store", item->store);
	sf_json_out_text(row, "organization_id", token->org_id);
	sf_json_out_text(row, "user_id", token->user_id);
	sf_json_out_text(row, "scope", token->scope);
	sf_json_out_number(row, "issued_at", token->issued_at_ms / 1000);
	sf_json_out_number(row, "expires_at", token->expires_at);
	sf_json_out_number(row, "life_s", sf_token_life_s(token, sf_clock_wall_s()));
	sf_json_out_bool(row, "has_refresh_token", token->refresh_token != NULL);
	sf_json_out_append(org, "tokens", row);
}

/*
 * Read all stores, then one pending token: of --user, else of any user. ret_stored is zero before;
 * the caller clears it, also after a failure.
 */
static enum sf_err read_stores(struct sf_cmd *cmd, struct stored *ret_stored, struct sf_error *e)
{
	struct sf_store_params params = sf_store_ask_of(&cmd->session.target);
	enum sf_err r = SF_OK;

	params.user = cmd->options->user;
	params.may_prompt = false;
	params.wants_all = true;
	for (int id = 0; id < SF_STORE_ID_COUNT; id++) {
		const struct sf_store *store = sf_store_row((enum sf_store_id)id);
		struct sf_store_found *found = &ret_stored->found[id];

		r = store->find(&params, found, e);
		if (r != SF_OK)
			return r;
		for (size_t i = 0; i < found->count; i++)
			ret_stored->items[ret_stored->count++] =
			    (struct item){found->tokens[i], store->name, store->status_line};
	}
	r = sf_store_pending_get(
	    cmd->session.target.app_key, cmd->options->user, &ret_stored->pending, e);
	if (r == SF_OK && ret_stored->pending)
		ret_stored->items[ret_stored->count++] =
		    (struct item){ret_stored->pending, "parked", SF_MESSAGE_STATUS_PENDING};
	return r;
}

/* Print one org, or add it to out's array `orgs`. is_default: the org of commands without --org. */
static enum sf_err show_org(struct sf_cmd *cmd, const struct sf_org *org, bool is_default,
    struct sf_json_out *out, struct sf_error *e)
{
	SF_CLEANUP(stored_clear) struct stored stored = {0};
	struct sf_json_out *row;
	enum sf_err r = sf_cmd_begin(cmd, org, e);

	if (r == SF_OK)
		r = read_stores(cmd, &stored, e);
	if (r != SF_OK)
		return r;
	if (!out) {
		print_org(cmd, org, is_default, &stored);
		return SF_OK;
	}
	row = sf_json_out_new();
	sf_json_out_text(row, "org", org->name);
	sf_json_out_text(row, "login_url", org->login_url);
	sf_json_out_bool(row, "default", is_default);
	for (size_t i = 0; i < stored.count; i++)
		add_item_json(cmd, &stored.items[i], row);
	sf_json_out_text(row, "keyring", sf_store_state_name(stored.found[SF_STORE_HOME].state));
	sf_json_out_append(out, "orgs", row);
	return SF_OK;
}

enum sf_err sf_cmd_status(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep)
	struct sf_json_out *out = cmd->options->is_json ? sf_json_out_reply() : NULL;
	const struct sf_config *config = cmd->settings->config;
	const struct sf_org *default_org = NULL;
	const char *only = cmd->options->org;
	struct sf_error ignored;
	unsigned shown = 0;

	(void)!sf_settings_org(cmd->settings, NULL, &default_org, &ignored);
	sf_json_out_text(out, "status", "ok");
	for (size_t i = 0; i < config->org_count; i++) {
		const struct sf_org *org = &config->orgs[i];
		enum sf_err r;

		if (org->login_url[0] == '\0' || (only && strcmp(only, org->name) != 0))
			continue;
		if (shown++ > 0 && !out)
			(void)putchar('\n');
		r = show_org(cmd, org, org == default_org, out, e);
		if (r != SF_OK)
			return r;
	}
	/* No org is configured, or none of that name: this call fails, and with the right words. */
	if (shown == 0)
		return sf_settings_org(cmd->settings, only, &default_org, e);
	return !out ? SF_OK : sf_json_out_print(out, e);
}
