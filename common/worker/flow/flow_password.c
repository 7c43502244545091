/*
 * The username-password grant (RFC 6749 section 4.3). One prompt, one request, no retry: Salesforce
 * locks an account after several wrong passwords. Gets no refresh token.
 */
#include "flow.h"

#include <string.h>

#include "form.h"
#include "json.h"

#include "banned.h"

/* Not empty and without NUL, which would cut the password in the form. */
static bool is_whole(const struct sf_secret *password)
{
	const size_t len = sf_secret_len(password);

	return len > 0 && strlen(sf_secret_reveal(password)) == len;
}

enum sf_err sf_flow_password_ask(
    const struct sf_flow_params *params, struct sf_secret **ret_password, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *password = NULL;
	enum sf_err r = SF_OK;

	if (params->job->username[0] == '\0')
		return SF_FAIL(e, SF_E_CONFIG, 0, "a sign-in by password needs a username");
	if (!params->ui || !params->ui->ask)
		return SF_FAIL(e, SF_E_CONVERSATION, 0, "this job cannot prompt for a password");
	r = params->ui->ask(params->ui, SF_ASK_PASSWORD, &password, e);
	if (r != SF_OK)
		return r;
	if (!is_whole(password))
		return SF_FAIL(e, SF_E_DENIED, 0, "the password is empty or contains a NUL");
	*ret_password = SF_TAKE(password);
	return SF_OK;
}

enum sf_err sf_flow_password_run(
    const struct sf_flow_params *params, struct sf_grant *grant, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *password = NULL;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	enum sf_err r = sf_flow_password_ask(params, &password, e);

	if (r != SF_OK)
		return r;
	if (!form || !sf_form_add(form, "grant_type", "password") ||
	    !sf_form_add(form, "username", params->job->username) ||
	    !sf_form_add_secret(form, "password", password) ||
	    (params->job->callback[0] != '\0' &&
		!sf_form_add(form, "redirect_uri", params->job->callback)))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a form");
	sf_secret_clear(password);
	r = sf_flow_post(params, SF_ON_PASSWORD, form, &json, e);
	sf_secret_clear(form);
	if (r != SF_OK)
		return r;
	if (params->reply_class->next != SF_NEXT_GO_ON)
		return sf_reply_class_fail(params->reply_class, e);
	return sf_flow_grant(params, json, grant, e);
}
