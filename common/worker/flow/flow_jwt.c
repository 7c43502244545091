/*
 * JWT bearer (RFC 7523 section 2.1): the app's key signs the name of the user who signs in; no
 * person takes part. Anyone with the key can sign in as every user whom the app is pre-authorized
 * for. Sends no scope and gets no refresh token.
 */
#include "flow.h"

#include <string.h>

#include "form.h"
#include "json.h"
#include "jwt.h"
#include "text.h"

#include "banned.h"

#define GRANT_TYPE "urn:ietf:params:oauth:grant-type:jwt-bearer"

/* One token request, with an assertion for this audience. */
static enum sf_err request_token(const struct sf_flow_params *params, const char *audience,
    struct sf_grant *grant, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *assertion = NULL;
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	const struct sf_jwt_params jwt = {
	    .issuer = params->job->client_id,
	    .subject = params->job->username,
	    .audience = audience,
	    .key = params->client->key,
	    .passphrase = params->job->passphrase,
	};
	enum sf_err r = sf_jwt_sign(&jwt, &assertion, e);

	if (r != SF_OK)
		return r;
	if (!form || !sf_form_add(form, "grant_type", GRANT_TYPE) ||
	    !sf_form_add_secret(form, "assertion", assertion))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a form");
	r = sf_flow_post(params, SF_ON_JWT, form, &json, e);
	if (r != SF_OK)
		return r;
	if (params->reply_class->next != SF_NEXT_GO_ON)
		return sf_reply_class_fail(params->reply_class, e);
	return sf_flow_grant(params, json, grant, e);
}

enum sf_err sf_flow_jwt_run(
    const struct sf_flow_params *params, struct sf_grant *grant, struct sf_error *e)
{
	char audience[SF_JWT_AUDIENCE_SIZE], own[SF_JWT_AUDIENCE_SIZE];
	struct sf_text text = SF_TEXT(own);
	enum sf_err r = SF_OK;

	if (params->job->username[0] == '\0' || !params->client || !params->client->key)
		return SF_FAIL(e, SF_E_CONFIG, 0, "the flow jwt needs a username and a key");
	sf_jwt_audience(params->origin, audience);
	r = request_token(params, audience, grant, e);
	/*
	 * Nothing was granted. Some orgs accept only their own host as audience: retry with that.
	 */
	if (r == SF_E_CONFIG && params->reply_class->row &&
	    strcmp(params->reply_class->row, "jwt_audience") == 0 &&
	    sf_text_addf(&text, "https://%s", params->origin->host) && strcmp(own, audience) != 0)
		r = request_token(params, own, grant, e);
	return r;
}
