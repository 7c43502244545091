/*
 * Checks that a new sign-in, or a new token, is the one that was asked for. common/policy has the
 * rules; this file applies them and words the refusal.
 */
#include "signin_check.h"

#include <string.h>

#include "hosts.h"
#include "messages.h"
#include "owner.h"
#include "text.h"

#include "banned.h"

/* Fail with DENIED and a detail that says which rule is broken. */
static enum sf_err refuse(enum sf_rule rule, const struct sf_signin_check_params *params,
    const struct sf_owner *owner, struct sf_error *e)
{
	const bool is_other_org = params->organization_id[0] != '\0' &&
				  !sf_owner_is_org(owner->org_id, params->organization_id);

	if (rule == SF_RULE_INSTANCE_URL)
		return SF_FAIL_MESSAGE(e, SF_E_DENIED, SF_MESSAGE_E_OTHER_ADDRESS, NULL);
	if (rule == SF_RULE_ID_URL)
		return SF_FAIL(
		    e, SF_E_DENIED, 0, "id is on a foreign host, or is not /id/ORGANIZATION/USER");
	if (rule == SF_RULE_ORG_MISMATCH && is_other_org)
		return SF_FAIL_MESSAGE(e, SF_E_DENIED, SF_MESSAGE_E_OTHER_ORG,
		    SF_WITH({"id", owner->org_id}, {"wanted", params->organization_id}));
	if (rule == SF_RULE_ORG_MISMATCH)
		return SF_FAIL(e, SF_E_DENIED, 0, "the organization is not that of id");
	if (rule == SF_RULE_NOT_ASSERTED)
		return SF_FAIL(e, SF_E_DENIED, 0, "the identity is not the token's own");
	if (rule == SF_RULE_USER_MISMATCH)
		return SF_FAIL(e, SF_E_DENIED, 0, "the identity is of another user");
	return SF_FAIL(e, SF_E_DENIED, 0, "rule %s does not hold", sf_rule_name(rule));
}

enum sf_err sf_signin_check(
    const struct sf_signin_check_params *params, const struct sf_facts *facts, struct sf_error *e)
{
	const struct sf_owner_params owner_params = {
	    .login = params->pinned, .organization_id = params->organization_id, .facts = facts};
	struct sf_owner owner;
	enum sf_rule rule = sf_owner_find(&owner_params, &owner);

	if (rule != SF_RULE_NONE)
		return refuse(rule, params, &owner, e);
	/* The username becomes a line of the stored form, and a label and attribute of an item. */
	if (!sf_text_is_printable(facts->username))
		return SF_FAIL(e, SF_E_DENIED, 0, "the username is missing or not plain ASCII");
	if (params->user && !sf_text_equal_nocase(params->user, facts->username))
		return SF_FAIL_MESSAGE(e, SF_E_OTHER_USER, SF_MESSAGE_E_OTHER_USER,
		    SF_WITH({"username", facts->username}, {"wanted", params->user}));
	return SF_OK;
}

/* Is the origin one of also_for in the configuration, from where the job has it? */
static bool is_in_job(const struct sf_job *job, const char *origin)
{
	for (size_t i = 0; i < job->also_count; i++) {
		if (strcmp(job->also[i], origin) == 0)
			return true;
	}
	return false;
}

enum sf_err sf_signin_check_record(const struct sf_signin_check_params *params,
    const struct sf_facts *facts, const struct sf_job *job, const struct sf_token *token,
    struct sf_error *e)
{
	struct sf_origin instance;

	if (strcmp(token->origin, params->pinned->text) != 0 || !token->access_token)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the record is for another origin");
	if (!sf_owner_is_org(facts->organization_id, token->org_id) ||
	    !sf_owner_is_user(facts->user_id, token->user_id) ||
	    strcmp(facts->username, token->username) != 0)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the record is of another user than the facts");
	if (sf_hosts_instance(params->pinned, facts->instance_url, &instance) != SF_RULE_NONE)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "instance_url is not of this org");
	/* git sends the token to every origin of the record: none may be of the worker's choice. */
	for (size_t i = 0; i < token->also_count; i++) {
		if (!is_in_job(job, token->also[i]) && strcmp(token->also[i], instance.text) != 0)
			return SF_FAIL(
			    e, SF_E_PROTOCOL, 0, "the record has an origin that the org does not");
	}
	return SF_OK;
}

enum sf_err sf_signin_check_refreshed(const struct sf_token *old, const struct sf_job *job,
    const struct sf_token *fresh, struct sf_error *e)
{
	if (strcmp(old->origin, fresh->origin) != 0 || strcmp(old->org_id, fresh->org_id) != 0 ||
	    strcmp(old->user_id, fresh->user_id) != 0 ||
	    strcmp(old->username, fresh->username) != 0 || !fresh->access_token)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the refreshed token is of another sign-in");
	for (size_t i = 0; i < fresh->also_count; i++) {
		if (!sf_token_is_for(old, fresh->also[i]) && !is_in_job(job, fresh->also[i]))
			return SF_FAIL(e, SF_E_PROTOCOL, 0,
			    "the refreshed token has an origin that the old one does not");
	}
	return SF_OK;
}
