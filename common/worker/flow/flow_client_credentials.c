/*
 * Client credentials (RFC 6749 section 4.4): the app signs in as the one user that Setup names for
 * it. Works only at a My Domain host. Sends no scope and gets no refresh token.
 */
#include "flow.h"

#include "form.h"
#include "json.h"

#include "banned.h"

enum sf_err sf_flow_client_credentials_run(
    const struct sf_flow_params *params, struct sf_grant *grant, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;

	if (!params->client || params->client->auth == SF_CLIENT_AUTH_NONE)
		return SF_FAIL(
		    e, SF_E_CONFIG, 0, "the flow client_credentials needs a secret or a key");
	if (!form || !sf_form_add(form, "grant_type", "client_credentials"))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a form");

	enum sf_err r = sf_flow_post(params, SF_ON_CLIENT, form, &json, e);

	if (r != SF_OK)
		return r;
	if (params->reply_class->next != SF_NEXT_GO_ON)
		return sf_reply_class_fail(params->reply_class, e);
	return sf_flow_grant(params, json, grant, e);
}
