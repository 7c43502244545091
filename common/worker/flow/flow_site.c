/*
 * Authorization Code and Credentials at an Experience Cloud site: username and password go to the
 * site's authorize endpoint, which returns a code; the code is exchanged with the PKCE verifier.
 * All requests go to the configured site, whatever sfdc_community_url a reply names. Only users of
 * the site can sign in this way, and Salesforce requires no second factor.
 */
#include "flow.h"

#include <string.h>

#include "flow_code.h"
#include "form.h"
#include "json.h"
#include "pkce.h"
#include "text.h"

#include "banned.h"

#define AUTHORIZE_PATH "/services/oauth2/authorize"

enum sf_err sf_flow_site_origin(
    const char *site_url, struct sf_origin *ret_origin, struct sf_error *e)
{
	static const char scheme[] = "https://";
	char base[SF_ORIGIN_SIZE];
	struct sf_text text = SF_TEXT(base);
	size_t len = sf_text_starts(site_url, scheme)
			 ? sizeof(scheme) - 1 + strcspn(site_url + sizeof(scheme) - 1, "/?#")
			 : 0;

	if (len == 0 || strpbrk(site_url + len, "?#") || sf_text_ends(site_url, "/") ||
	    !sf_text_add_bytes(&text, site_url, len))
		return SF_FAIL(e, SF_E_CONFIG, 0, "site_url is not https://HOST/PATH");
	return sf_origin_parse(base, ret_origin, e);
}

static bool fill_form(struct sf_secret *form, const struct sf_job *job, const char *challenge)
{
	return sf_form_add(form, "response_type", "code_credentials") &&
	       sf_form_add(form, "client_id", job->client_id) &&
	       sf_form_add(form, "redirect_uri", job->callback) &&
	       sf_form_add(form, "code_challenge", challenge) &&
	       (job->scope[0] == '\0' || sf_form_add(form, "scope", job->scope));
}

static enum sf_err read_code(
    const struct sf_json *json, struct sf_secret **ret_code, struct sf_error *e)
{
	enum sf_err r = sf_json_secret(json, "code", SF_CALLBACK_CODE_MAX, ret_code, e);

	if (r == SF_OK && !*ret_code)
		return SF_FAIL(e, SF_E_ANSWER, 0, "the site's reply has no code");
	return r;
}

/*
 * Send the password, once and without retry: Salesforce locks an account after several wrong
 * passwords. in_body: as form fields, else as HTTP Basic.
 */
static enum sf_err authorize(const struct sf_flow_params *params, const struct sf_secret *verifier,
    bool in_body, struct sf_secret **ret_code, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *password = NULL;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	struct sf_http_request request = {
	    .path = AUTHORIZE_PATH, .form = form, .is_named_user = true};
	char challenge[SF_PKCE_TEXT_SIZE];
	enum sf_err r = SF_OK;

	if (params->job->callback[0] == '\0')
		return SF_FAIL(e, SF_E_CONFIG, 0, "a sign-in at a site needs a callback");
	r = sf_flow_password_ask(params, &password, e);
	if (r == SF_OK)
		r = sf_pkce_challenge(verifier, challenge, e);
	if (r != SF_OK)
		return r;
	if (!form || !fill_form(form, params->job, challenge) ||
	    (in_body && (!sf_form_add(form, "username", params->job->username) ||
			    !sf_form_add_secret(form, "password", password))))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a form");
	if (!in_body) {
		request.basic_user = params->job->username;
		request.basic_password = password;
	}
	r = sf_http_run(params->http, &request, &reply, e);
	if (r == SF_OK)
		r = sf_reply_class_read(SF_ON_AUTHORIZE, &reply, params->reply_class, &json, e);
	if (r != SF_OK)
		return r;
	if (params->reply_class->next != SF_NEXT_GO_ON)
		return sf_reply_class_fail(params->reply_class, e);
	return read_code(json, ret_code, e);
}

static enum sf_err run(
    const struct sf_flow_params *params, bool in_body, struct sf_grant *grant, struct sf_error *e)
{
	SF_CLEANUP(sf_flow_code_clear) struct sf_flow_code code = {0};
	SF_CLEANUP(sf_callback_clear) struct sf_callback callback = {.kind = SF_CALLBACK_CODE};
	enum sf_err r = sf_pkce_random(&code.verifier, e);

	if (r == SF_OK)
		r = authorize(params, code.verifier, in_body, &callback.code, e);
	if (r == SF_OK)
		r = sf_flow_code_finish(params, &code, &callback, grant, e);
	return r;
}

enum sf_err sf_flow_site_run(
    const struct sf_flow_params *params, struct sf_grant *grant, struct sf_error *e)
{
	return run(params, /* in_body= */ false, grant, e);
}

enum sf_err sf_flow_site_post_run(
    const struct sf_flow_params *params, struct sf_grant *grant, struct sf_error *e)
{
	return run(params, /* in_body= */ true, grant, e);
}
