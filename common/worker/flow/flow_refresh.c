/* Refreshes a token (RFC 6749 section 6). Saving the new token is the caller's task. */
#include "flow.h"

#include <string.h>

#include "form.h"
#include "json.h"
#include "park.h"
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

/*
 * The response has a new refresh token: the old one is used up. *ret_kept is the old token with the
 * new refresh token and without an access token, and it is parked; NULL if nothing is new.
 */
static enum sf_err keep_refresh_token(const struct sf_flow_params *params,
    const struct sf_token *old, const struct sf_json *json, struct sf_token **ret_kept,
    struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *fresh = NULL;
	enum sf_err r = sf_json_secret(json, "refresh_token", SF_TOKEN_REFRESH_MAX, &fresh, e);

	*ret_kept = NULL;
	if (r != SF_OK || !fresh || sf_secret_equal(fresh, old->refresh_token))
		return r;
	SF_CLEANUP(sf_token_freep) struct sf_token *kept = sf_token_copy(old);
	if (!kept)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	kept->access_token = sf_secret_free(kept->access_token);
	sf_secret_freep(&kept->refresh_token);
	kept->refresh_token = SF_TAKE(fresh);
	kept->issued_at_ms++;
	if (!sf_text_random_hex(kept->generation, SF_TOKEN_GENERATION_SIZE / 2))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "the kernel gives no randomness");
	/* Without a place in the kernel, the record is the only one that has it. */
	(void)!sf_park_put(params->park, kept);
	*ret_kept = SF_TAKE(kept);
	return SF_OK;
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
	/* The newer of two stored tokens is found by this, even if Salesforce's clock goes back. */
	if (fresh->issued_at_ms <= old->issued_at_ms)
		fresh->issued_at_ms = old->issued_at_ms + 1;
	if (fresh->scope[0] == '\0')
		memcpy(fresh->scope, old->scope, sizeof(fresh->scope));
	return SF_OK;
}

/* Read the response, and judge it. */
static enum sf_err read_fresh(const struct sf_flow_params *params, const struct sf_token *old,
    const struct sf_json *json, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};
	enum sf_err r = sf_flow_grant(params, json, &grant, e);

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

enum sf_err sf_flow_refresh_run(const struct sf_flow_params *params, const struct sf_token *old,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *kept = NULL;

	*ret_token = NULL;
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
	r = keep_refresh_token(params, old, json, &kept, e);
	if (r == SF_OK)
		r = read_fresh(params, old, json, ret_token, e);
	if (r != SF_OK)
		*ret_token = SF_TAKE(kept);
	else if (kept)
		(void)!sf_park_put(params->park, *ret_token);
	return r;
}
