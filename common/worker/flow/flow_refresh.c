/* Refreshes a token (RFC 6749 section 6). Saving the new token is the caller's task. */
#include "flow.h"

#include <string.h>

#include "form.h"
#include "json.h"
#include "text.h"

#include "banned.h"

/*
 * Is the new token the same person's? A response without ids passes, one with other ids does not.
 */
static bool is_same_person(const struct sf_token *old, const struct sf_token *fresh)
{
	return fresh->user_id[0] == '\0' || (strcmp(fresh->org_id, old->org_id) == 0 &&
						strcmp(fresh->user_id, old->user_id) == 0);
}

/* Copy what a refresh response does not repeat. */
static enum sf_err carry_over(
    const struct sf_token *old, struct sf_token *fresh, struct sf_error *e)
{
	if (!fresh->refresh_token) {
		fresh->refresh_token = sf_secret_copy(old->refresh_token);
		if (!fresh->refresh_token)
			return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a refresh token");
	}
	memcpy(fresh->org_id, old->org_id, sizeof(fresh->org_id));
	memcpy(fresh->user_id, old->user_id, sizeof(fresh->user_id));
	memcpy(fresh->username, old->username, sizeof(fresh->username));
	if (fresh->scope[0] == '\0')
		memcpy(fresh->scope, old->scope, sizeof(fresh->scope));
	return SF_OK;
}

enum sf_err sf_flow_refresh_run(const struct sf_flow_params *params, const struct sf_token *old,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};

	if (!old->refresh_token)
		return SF_FAIL(e, SF_E_SIGN_IN_NEEDED, 0, "there is no refresh token");
	if (!form || !sf_form_add(form, "grant_type", "refresh_token") ||
	    !sf_form_add_secret(form, "refresh_token", old->refresh_token))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a form");

	enum sf_err r = sf_flow_post(params, SF_ON_REFRESH, form, &json, e);

	if (r != SF_OK)
		return r;
	if (params->reply_class->next != SF_NEXT_GO_ON)
		return sf_reply_class_fail(params->reply_class, e);
	r = sf_flow_grant(params, json, &grant, e);
	if (r == SF_OK && !is_same_person(old, grant.token))
		return SF_FAIL(e, SF_E_ANSWER, 0, "the refreshed token is another user's");
	/* A response without instance_url keeps the old instance. */
	if (r == SF_OK && grant.instance_url[0] == '\0' && old->also_count > 0 &&
	    !sf_token_add_also(grant.token, old->also[0]))
		return SF_FAIL(e, SF_E_CONFIG, 0, "also_for names too many hosts");
	if (r == SF_OK)
		r = carry_over(old, grant.token, e);
	if (r == SF_OK)
		*ret_token = SF_TAKE(grant.token);
	return r;
}
