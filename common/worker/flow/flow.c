/*
 * What all flows share: the token request, the token response, and the revocation (RFC 7009). Does
 * not decide who may log in: that is policy.
 */
#include "flow.h"

#include <string.h>

#include "clock.h"
#include "flows.h"
#include "form.h"
#include "hosts.h"
#include "json.h"
#include "owner.h"
#include "signature.h"
#include "text.h"

#include "banned.h"

#define REVOKE_PATH "/services/oauth2/revoke"
#define LIFE_MAX_S  (7 * 24 * 3600)
#define MS_MAX      (1ULL << 53) /* the largest integer that every JSON parser keeps exact */

sf_flow_run_fn *sf_flow_find(const char *name)
{
	static sf_flow_run_fn *const runs[SF_FLOW_COUNT] = {
#define X(id, flow, where, traits, help) [SF_FLOW_##id] = sf_flow_##flow##_run,
	    SF_FLOWS(X)
#undef X
	};
	enum sf_flow_id id = SF_FLOW_AUTO;

	return sf_flows_find(name, &id) ? runs[id] : NULL;
}

void sf_grant_clear(struct sf_grant *grant)
{
	grant->token = sf_token_free(grant->token);
}

enum sf_err sf_flow_post(const struct sf_flow_params *params, enum sf_call call,
    struct sf_secret *form, struct sf_json **ret_json, struct sf_error *e)
{
	struct sf_client_proof proof;
	struct sf_http_request request = {
	    .path = SF_FLOW_TOKEN_PATH,
	    .form = form,
	    .mark = call == SF_ON_REFRESH ? params->mark : NULL,
	    .mark_fd = params->mark_fd,
	};
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	enum sf_err r = sf_client_add(params->client, params->job, form, &proof, e);

	request.basic_user = proof.basic_user;
	request.basic_password = proof.basic_password;
	if (r == SF_OK)
		r = sf_http_run(params->http, &request, &reply, e);
	if (r != SF_OK)
		return r;
	return sf_reply_class_read(call, &reply, params->reply_class, ret_json, e);
}

/*
 * Set the app, and the hosts that may receive the token: login host, instance, and those of
 * also_for. The instance is added only if it is a Salesforce host for this login host. Any other
 * instance_url stays in the facts, so that policy refuses it: otherwise a forged reply could send
 * the token anywhere.
 */
static enum sf_err add_origins(const struct sf_flow_params *params, const char *instance_url,
    struct sf_token *token, struct sf_error *e)
{
	struct sf_origin instance;
	bool fits = sf_text_copy(token->origin, sizeof(token->origin), params->origin->text);
	enum sf_flow_id flow = SF_FLOW_AUTO;

	(void)!sf_flows_find(params->job->flow, &flow);
	sf_token_app(token->app, params->job->client_id, flow == SF_FLOW_CLIENT_CREDENTIALS);

	if (sf_hosts_instance(params->origin, instance_url, &instance) == SF_RULE_NONE &&
	    !sf_origin_equal(&instance, params->origin))
		fits = fits && sf_token_add_also(token, instance.text);
	for (size_t i = 0; i < params->job->also_count; i++)
		fits = fits && sf_token_add_also(token, params->job->also[i]);
	return fits ? SF_OK : SF_FAIL(e, SF_E_CONFIG, 0, "also_for names too many hosts");
}

/* Read organization and user from the path of `id`, on any host; empty if it has none. */
static void read_ids(struct sf_token *token, const char *id_url)
{
	struct sf_owner owner;

	(void)!sf_owner_from_id(id_url, &owner);
	memcpy(token->org_id, owner.org_id, sizeof(token->org_id));
	memcpy(token->user_id, owner.user_id, sizeof(token->user_id));
}

/* Set issue time and expiry. Salesforce sends no expires_in: then session_timeout of the job. */
static enum sf_err read_times(const struct sf_flow_params *params, const struct sf_json *json,
    struct sf_token *token, struct sf_error *e)
{
	uint64_t now_ms = (uint64_t)sf_clock_wall_s() * 1000;
	uint64_t issued_ms = now_ms, life_s = params->job->life_s;
	enum sf_err r =
	    sf_json_number(json, "issued_at", (struct sf_json_range){.max = MS_MAX}, &issued_ms, e);

	if (r == SF_OK)
		r = sf_json_number(json, "expires_in",
		    (struct sf_json_range){.min = 1, .max = LIFE_MAX_S}, &life_s, e);
	if (r != SF_OK)
		return r;
	token->issued_at_ms = issued_ms;
	/* From its receipt: issued_at is by Salesforce's clock, which may differ from this one. */
	token->expires_at = now_ms / 1000 + life_s;
	return SF_OK;
}

/* Read all secrets, even if another field is malformed: the caller may have to revoke them. */
static enum sf_err read_secrets(
    const struct sf_json *json, struct sf_token *token, struct sf_error *e)
{
	char type[16];
	struct sf_error why;
	enum sf_err refresh = sf_json_secret(
	    json, "refresh_token", SF_TOKEN_REFRESH_MAX, &token->refresh_token, &why);
	enum sf_err r =
	    sf_json_secret(json, "access_token", SF_TOKEN_ACCESS_MAX, &token->access_token, e);

	if (r == SF_OK && refresh != SF_OK) {
		*e = why;
		return refresh;
	}
	if (r == SF_OK)
		r = sf_json_text(json, "token_type", type, sizeof(type), e);
	if (r == SF_OK && type[0] != '\0' && !sf_text_equal_nocase(type, "Bearer"))
		return SF_FAIL(e, SF_E_ANSWER, 0, "token_type is not Bearer");
	if (r == SF_OK && !token->access_token)
		return SF_FAIL(e, SF_E_ANSWER, 0, "the token response has no access_token");
	if (r == SF_OK && !sf_text_random_hex(token->generation, SF_TOKEN_GENERATION_SIZE / 2))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "the kernel gives no randomness");
	return r;
}

/* Is the token for a user of an Experience Cloud site? TRUE if the response names a site. */
static enum sf_err read_community(
    const struct sf_json *json, enum sf_given *ret, struct sf_error *e)
{
	char id[SF_FACTS_URL_SIZE], url[SF_FACTS_URL_SIZE];
	enum sf_err r = sf_json_text(json, "sfdc_community_id", id, sizeof(id), e);

	if (r == SF_OK)
		r = sf_json_text(json, "sfdc_community_url", url, sizeof(url), e);
	if (r == SF_OK)
		*ret = id[0] != '\0' || url[0] != '\0' ? SF_GIVEN_TRUE : SF_GIVEN_ABSENT;
	return r;
}

enum sf_err sf_flow_grant(const struct sf_flow_params *params, const struct sf_json *json,
    struct sf_grant *grant, struct sf_error *e)
{
	grant->token = sf_token_new();
	if (!grant->token)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");

	const struct {
		const char *key;
		char *ret;
		size_t size;
	} texts[] = {
	    {"id", grant->id_url, sizeof(grant->id_url)},
	    {"instance_url", grant->instance_url, sizeof(grant->instance_url)},
	    {"scope", grant->token->scope, sizeof(grant->token->scope)},
	};
	enum sf_err r = read_secrets(json, grant->token, e);

	for (size_t i = 0; r == SF_OK && i < SF_COUNT(texts); i++)
		r = sf_json_text(json, texts[i].key, texts[i].ret, texts[i].size, e);
	/* The stored form is lines of text. RFC 6749 allows only printable ASCII as well. */
	if (r == SF_OK && grant->token->scope[0] && !sf_text_is_printable(grant->token->scope)) {
		grant->token->scope[0] = '\0';
		r = SF_FAIL(e, SF_E_ANSWER, 0, "scope is not printable ASCII");
	}
	if (r == SF_OK && params->client && params->client->secret)
		r = sf_signature_check(params->client->secret, json, e);
	if (r == SF_OK)
		r = read_community(json, &grant->community, e);
	if (r == SF_OK)
		r = read_times(params, json, grant->token, e);
	if (r == SF_OK)
		r = add_origins(params, grant->instance_url, grant->token, e);
	if (r == SF_OK)
		read_ids(grant->token, grant->id_url);
	return r;
}

enum sf_err sf_flow_revoke(
    const struct sf_flow_params *params, const struct sf_token *token, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	const struct sf_http_request request = {.path = REVOKE_PATH, .form = form};
	const struct sf_secret *secret =
	    token->refresh_token ? token->refresh_token : token->access_token;

	if (!secret)
		return SF_OK;
	if (!form || !sf_form_add_secret(form, "token", secret))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a revocation");

	enum sf_err r = sf_http_run(params->http, &request, &reply, e);

	/* Retry once: a revocation is idempotent, and a dead connection must not leave a token. */
	if (r == SF_E_UNAVAILABLE)
		r = sf_http_run(params->http, &request, &reply, e);
	if (r == SF_OK)
		r = sf_reply_class_read(SF_ON_REVOKE, &reply, params->reply_class, &json, e);
	if (r == SF_OK && params->reply_class->next != SF_NEXT_GO_ON)
		r = sf_reply_class_fail(params->reply_class, e);
	return r;
}
