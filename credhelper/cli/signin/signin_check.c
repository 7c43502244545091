/*
 * Checks that a new sign-in, or a new token, is the one that was asked for. common/policy has the
 * rules; this file applies them and words the refusal.
 */
#include "signin_check.h"

#include <string.h>

#include "hosts.h"
#include "messages.h"
#include "owner.h"
#include "sfhost.h"
#include "text.h"

#include "banned.h"

#define SF_SHOWN_SIZE 60 /* of each address: the detail of an error shows two */

/* A text that Salesforce sent, escaped and cut so that it can be shown. Returns ret. */
static const char *shown(const char *text, char ret[static SF_SHOWN_SIZE])
{
	sf_text_escape(ret, SF_SHOWN_SIZE, text, strlen(text));
	return ret;
}

/* Refuse because of an address that is not on login_url: show both. */
static enum sf_err refuse_address(
    const char *name, const char *url, const struct sf_origin *pinned, struct sf_error *e)
{
	char got[SF_SHOWN_SIZE], wanted[SF_SHOWN_SIZE];

	return SF_FAIL_MESSAGE(e, SF_E_DENIED, SF_MESSAGE_E_OTHER_ADDRESS,
	    SF_WITH(
		{"name", name}, {"got", shown(url, got)}, {"wanted", shown(pinned->text, wanted)}));
}

/* The organization that differs from the one of id: the identity document's, or the token's. */
static const char *differing_org(const struct sf_owner *owner, const struct sf_facts *facts)
{
	return sf_owner_is_org(facts->organization_id, owner->org_id) ? facts->token_prefix
								      : facts->organization_id;
}

/* Fail with DENIED; the detail has both values that differ. *ret_row is the advice about them. */
static enum sf_err refuse(enum sf_rule rule, const struct sf_signin_check_params *params,
    const struct sf_facts *facts, const struct sf_owner *owner, const char **ret_row,
    struct sf_error *e)
{
	const bool is_other_org = params->organization_id[0] != '\0' &&
				  !sf_owner_is_org(owner->org_id, params->organization_id);
	char got[SF_SHOWN_SIZE];

	*ret_row = "other_identity";
	if (rule == SF_RULE_INSTANCE_URL) {
		*ret_row = "other_instance";
		return refuse_address("instance_url", facts->instance_url, params->pinned, e);
	}
	if (rule == SF_RULE_ID_URL) {
		*ret_row = "foreign_id";
		return refuse_address("id", facts->id_url, params->pinned, e);
	}
	if (rule == SF_RULE_ORG_MISMATCH && is_other_org) {
		*ret_row = "other_org";
		return SF_FAIL_MESSAGE(e, SF_E_DENIED, SF_MESSAGE_E_OTHER_ORG,
		    SF_WITH({"id", owner->org_id}, {"wanted", params->organization_id}));
	}
	if (rule == SF_RULE_ORG_MISMATCH)
		return SF_FAIL_MESSAGE(e, SF_E_DENIED, SF_MESSAGE_E_ORGS_DIFFER,
		    SF_WITH(
			{"id", owner->org_id}, {"got", shown(differing_org(owner, facts), got)}));
	if (rule == SF_RULE_NOT_ASSERTED)
		return SF_FAIL_MESSAGE(e, SF_E_DENIED, SF_MESSAGE_E_NOT_ASSERTED, NULL);
	return SF_FAIL_MESSAGE(e, SF_E_DENIED, SF_MESSAGE_E_USERS_DIFFER,
	    SF_WITH({"id", owner->user_id}, {"got", shown(facts->user_id, got)}));
}

enum sf_err sf_signin_check(const struct sf_signin_check_params *params,
    const struct sf_facts *facts, const char **ret_row, struct sf_error *e)
{
	const struct sf_owner_params owner_params = {
	    .login = params->pinned, .organization_id = params->organization_id, .facts = facts};
	struct sf_owner owner;
	enum sf_rule rule = sf_owner_find(&owner_params, &owner);

	if (rule != SF_RULE_NONE)
		return refuse(rule, params, facts, &owner, ret_row, e);
	*ret_row = "";
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

/* Is the origin an instance that Salesforce may name, or change to, behind this login host? */
static bool is_instance(const char *login, const char *origin)
{
	struct sf_origin from, host;
	struct sf_error ignored;

	return sf_origin_parse(login, &from, &ignored) == SF_OK &&
	       sf_origin_parse(origin, &host, &ignored) == SF_OK && sf_sfhost_is_login(&from) &&
	       sf_sfhost_is_my_domain_of(&host, &from);
}

static bool is_of_org(const struct sf_org *org, const struct sf_origin *login, const char *origin)
{
	const struct sf_list *hosts = &org->also_for;
	struct sf_origin host;
	struct sf_error ignored;

	for (size_t i = 0; i < hosts->count; i++) {
		if (sf_origin_parse(hosts->items[i], &host, &ignored) == SF_OK &&
		    strcmp(host.text, origin) == 0)
			return true;
	}
	return is_instance(login->text, origin);
}

void sf_signin_check_hosts(
    const struct sf_org *org, const struct sf_origin *login, struct sf_token *token)
{
	size_t count = 0;

	for (size_t i = 0; i < token->also_count; i++) {
		if (is_of_org(org, login, token->also[i]))
			memmove(token->also[count++], token->also[i], sizeof(token->also[i]));
	}
	token->also_count = count;
}

enum sf_err sf_signin_check_refreshed(const struct sf_token *old, const struct sf_job *job,
    const struct sf_token *fresh, struct sf_error *e)
{
	if (strcmp(old->origin, fresh->origin) != 0 || strcmp(old->org_id, fresh->org_id) != 0 ||
	    strcmp(old->user_id, fresh->user_id) != 0 ||
	    strcmp(old->username, fresh->username) != 0 || !fresh->access_token)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the refreshed token is of another sign-in");
	for (size_t i = 0; i < fresh->also_count; i++) {
		if (!sf_token_is_for(old, fresh->also[i]) && !is_in_job(job, fresh->also[i]) &&
		    !(i == 0 && is_instance(old->origin, fresh->also[i])))
			return SF_FAIL(e, SF_E_PROTOCOL, 0,
			    "the refreshed token has an origin that the old one does not");
	}
	return SF_OK;
}
