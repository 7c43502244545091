/*
 * Introspection (RFC 7662): reads only when an access token expires. Best effort, never a failure.
 */
#include "flow.h"

#include "clock.h"
#include "form.h"
#include "json.h"

#include "banned.h"

#define INTROSPECT_PATH "/services/oauth2/introspect"
#define LIFE_MAX_S      (7 * 24 * 3600)

static enum sf_err post_token(const struct sf_flow_params *params, const struct sf_token *token,
    struct sf_json **ret_json, uint64_t *ret_server_s, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	struct sf_http_request request = {.path = INTROSPECT_PATH, .form = form};
	struct sf_client_proof proof;

	if (!form || !sf_form_add_secret(form, "token", token->access_token) ||
	    !sf_form_add(form, "token_type_hint", "access_token"))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a form");

	enum sf_err r = sf_client_add(params->client, params->job, form, &proof, e);

	request.basic_user = proof.basic_user;
	request.basic_password = proof.basic_password;
	if (r == SF_OK)
		r = sf_http_run(params->http, &request, &reply, e);
	*ret_server_s = reply.date_s > 0 ? reply.date_s : (uint64_t)sf_clock_wall_s();
	if (r == SF_OK)
		r = sf_reply_class_read(SF_ON_INTROSPECT, &reply, params->reply_class, ret_json, e);
	return r;
}

void sf_flow_introspect_run(
    const struct sf_flow_params *params, const struct sf_token *token, uint64_t *ret_expires_at)
{
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	const struct sf_reply_class before = *params->reply_class; /* kept: the result of the job */
	uint64_t server_s = 0;
	enum sf_given active = SF_GIVEN_ABSENT;
	uint64_t expires_at = 0;
	struct sf_error ignored;

	*ret_expires_at = 0;
	if (!params->client || params->client->auth == SF_CLIENT_AUTH_NONE || !token->access_token)
		return;

	enum sf_err r = post_token(params, token, &json, &server_s, &ignored);

	*params->reply_class = before;
	if (r == SF_OK && json)
		r = sf_json_flag(json, "active", &active, &ignored);
	if (r == SF_OK && json && active == SF_GIVEN_TRUE)
		r = sf_json_number(json, "exp",
		    (struct sf_json_range){.min = server_s + 1, .max = server_s + LIFE_MAX_S},
		    &expires_at, &ignored);
	/* `exp` is by Salesforce's clock; the life that is left is the same by both. */
	if (r == SF_OK && expires_at > 0)
		*ret_expires_at = expires_at - server_s + (uint64_t)sf_clock_wall_s();
}
