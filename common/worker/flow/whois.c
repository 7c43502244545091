/*
 * Collects facts about the user from the token response, the identity document and userinfo. Does
 * not decide anything by them: policy does.
 */
#include "whois.h"

#include <string.h>

#include "json.h"
#include "owner.h"
#include "sfid.h"
#include "text.h"

#include "banned.h"

#define USERINFO_PATH "/services/oauth2/userinfo"
#define PREFIX_LEN    15 /* characters of an organization id, before "!" */

/* Read the organization id from an opaque token, ORGID!REST. A JWT has none. */
static void read_prefix(const struct sf_token *token, struct sf_facts *facts)
{
	const char *text = token->access_token ? sf_secret_reveal(token->access_token) : "";

	facts->token_prefix[0] = '\0';
	if (sf_text_starts(text, "00D") && strcspn(text, "!") == PREFIX_LEN &&
	    text[PREFIX_LEN] == '!') {
		memcpy(facts->token_prefix, text, PREFIX_LEN);
		facts->token_prefix[PREFIX_LEN] = '\0';
	}
}

void sf_whois_from_grant(const struct sf_grant *grant, struct sf_facts *ret_facts)
{
	memset(ret_facts, 0, sizeof(*ret_facts));
	memcpy(ret_facts->id_url, grant->id_url, sizeof(ret_facts->id_url));
	memcpy(ret_facts->instance_url, grant->instance_url, sizeof(ret_facts->instance_url));
	ret_facts->community = grant->community;
	read_prefix(grant->token, ret_facts);
}

/* Send a GET and classify its reply. Fails unless the reply is JSON with status 2xx. */
static enum sf_err get_json(const struct sf_flow_params *params, enum sf_call call,
    const struct sf_http_request *request, struct sf_json **ret_json, struct sf_error *e)
{
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	enum sf_err r = sf_http_run(params->http, request, &reply, e);

	if (r == SF_OK)
		r = sf_reply_class_read(call, &reply, params->reply_class, ret_json, e);
	if (r == SF_OK && params->reply_class->next != SF_NEXT_GO_ON)
		r = sf_reply_class_fail(params->reply_class, e);
	return r;
}

/* Is name one of the words? If there are no words, every name is wanted. */
static bool is_wanted(const char *words, const char *name)
{
	const size_t len = strlen(name);

	if (words[0] == '\0')
		return true;
	while (words[0] != '\0') {
		size_t word = strcspn(words, " ");

		if (word == len && memcmp(words, name, len) == 0)
			return true;
		words += word + strspn(words + word, " ");
	}
	return false;
}

/* Read the custom permissions that the job names: an administrator has hundreds. */
static enum sf_err read_permissions(
    const struct sf_json *identity, const char *words, struct sf_facts *facts, struct sf_error *e)
{
	const struct sf_json *permissions = NULL;
	enum sf_err r = sf_json_object(identity, "custom_permissions", &permissions, e);

	if (r != SF_OK || !permissions)
		return r;
	for (size_t i = 0;; i++) {
		const char *name = sf_json_true_key(permissions, i);

		if (!name)
			return SF_OK;
		if (!is_wanted(words, name))
			continue;
		if (facts->permission_count == SF_FACTS_PERMISSIONS_MAX)
			return SF_FAIL(e, SF_E_TOO_LARGE, 0, "more than %d custom permissions",
			    SF_FACTS_PERMISSIONS_MAX);
		if (!sf_text_is_printable(name) ||
		    !sf_text_copy(
			facts->permissions[facts->permission_count], SF_FACTS_NAME_SIZE, name))
			return SF_FAIL(e, SF_E_ANSWER, 0,
			    "a custom permission is not 1 to %d printable characters",
			    SF_FACTS_NAME_SIZE - 1);
		facts->permission_count++;
	}
}

static enum sf_err read_identity(
    const struct sf_json *identity, const char *words, struct sf_facts *facts, struct sf_error *e)
{
	const struct {
		const char *key;
		char *ret;
		size_t size;
	} texts[] = {
	    {"user_id", facts->user_id, sizeof(facts->user_id)},
	    {"organization_id", facts->organization_id, sizeof(facts->organization_id)},
	    {"user_type", facts->user_type, sizeof(facts->user_type)},
	    {"username", facts->username, sizeof(facts->username)},
	};
	enum sf_err r = sf_json_flag(identity, "asserted_user", &facts->asserted_user, e);

	if (r == SF_OK)
		r = sf_json_flag(identity, "active", &facts->active, e);
	for (size_t i = 0; r == SF_OK && i < SF_COUNT(texts); i++)
		r = sf_json_text(identity, texts[i].key, texts[i].ret, texts[i].size, e);
	if (r == SF_OK)
		r = read_permissions(identity, words, facts, e);
	return r;
}

/*
 * Read the one fact that only userinfo has, which always describes the token's own user. If it is
 * another one than `id` names, a sign-in reports that user instead, so that a rule of the policy
 * refuses it by name; otherwise the document could hide that this one is an integration user.
 */
static enum sf_err read_userinfo(const struct sf_flow_params *params,
    const struct sf_json *userinfo, const struct sf_token *token, struct sf_facts *facts,
    struct sf_error *e)
{
	char id[SF_SFID_SIZE], org[SF_SFID_SIZE], full[SF_SFID_SIZE];
	enum sf_err r = sf_json_text(userinfo, "user_id", id, sizeof(id), e);

	if (r == SF_OK)
		r = sf_json_text(userinfo, "organization_id", org, sizeof(org), e);
	if (r != SF_OK)
		return r;
	if (!sf_owner_is_user(id, token->user_id)) {
		if (params->job->kind != SF_JOB_LOGIN || !sf_sfid_parse(id, "005", full))
			return SF_FAIL(
			    e, SF_E_ANSWER, 0, "userinfo has no user_id, or another user's");
		memcpy(facts->user_id, full, sizeof(full));
	}
	/* The identity document was refused: its organization is then the one of userinfo. */
	if (facts->organization_id[0] == '\0' && sf_sfid_parse(org, "00D", full))
		memcpy(facts->organization_id, full, sizeof(full));
	return sf_json_flag(
	    userinfo, "is_salesforce_integration_user", &facts->integration_user, e);
}

/*
 * Does Salesforce refuse the identity document because `id` is not the token's? Then a sign-in goes
 * on without it: what userinfo says breaks a rule, whose name the audit line and the words have.
 */
static bool is_foreign(const struct sf_flow_params *params)
{
	return params->job->kind == SF_JOB_LOGIN && params->reply_class->next == SF_NEXT_FOREIGN;
}

enum sf_err sf_whois_run(const struct sf_flow_params *params, const struct sf_token *token,
    struct sf_facts *facts, struct sf_error *e)
{
	SF_CLEANUP(sf_json_freep) struct sf_json *identity = NULL;
	SF_CLEANUP(sf_json_freep) struct sf_json *userinfo = NULL;
	char path[64];
	struct sf_text text = SF_TEXT(path);
	struct sf_http_request request = {.path = path, .bearer = token->access_token};

	read_prefix(token, facts);
	if (token->org_id[0] == '\0' || token->user_id[0] == '\0')
		return SF_OK;
	if (!token->access_token)
		return SF_FAIL(e, SF_E_SIGN_IN_NEEDED, 0, "there is no access token");
	if (!sf_text_addf(&text, "/id/%s/%s?version=latest", token->org_id, token->user_id))
		return SF_FAIL(e, SF_E_BUG, 0, "the ids of a token are too long");

	enum sf_err r = get_json(params, SF_ON_IDENTITY, &request, &identity, e);

	if (r == SF_OK)
		r = read_identity(identity, params->job->permissions, facts, e);
	else if (is_foreign(params))
		r = SF_OK;
	if (r != SF_OK)
		return r;
	request.path = USERINFO_PATH;
	r = get_json(params, SF_ON_USERINFO, &request, &userinfo, e);
	if (r == SF_OK)
		r = read_userinfo(params, userinfo, token, facts, e);
	return r;
}

enum sf_err sf_whois_learn(
    const struct sf_flow_params *params, struct sf_token *token, struct sf_error *e)
{
	SF_CLEANUP(sf_json_freep) struct sf_json *userinfo = NULL;
	const struct sf_http_request request = {
	    .path = USERINFO_PATH, .bearer = token->access_token};
	char org[SF_SFID_SIZE] = "", user[SF_SFID_SIZE] = "";

	if (!token->access_token || token->user_id[0] != '\0')
		return SF_OK;

	enum sf_err r = get_json(params, SF_ON_USERINFO, &request, &userinfo, e);

	if (r == SF_OK)
		r = sf_json_text(userinfo, "organization_id", org, sizeof(org), e);
	if (r == SF_OK)
		r = sf_json_text(userinfo, "user_id", user, sizeof(user), e);
	if (r != SF_OK)
		return r;
	if (!sf_sfid_parse(org, "00D", token->org_id) ||
	    !sf_sfid_parse(user, "005", token->user_id))
		return SF_FAIL(e, SF_E_ANSWER, 0, "userinfo has no organization or user");
	return SF_OK;
}
