/* The decision about a login: rule 1 before the sign-in, rules 2 to 7 after it. No I/O. */
#include "identity.h"

#include <string.h>

#include "list.h"
#include "mapping.h"
#include "owner.h"
#include "sfhost.h"
#include "text.h"

#include "banned.h"

enum sf_rule sf_identity_first_factor(
    const struct sf_pam *policy, const char *service, const char *auth_info)
{
	if (policy->ssh_first_factor == SF_FIRST_FACTOR_NONE || strcmp(service, "sshd") != 0)
		return SF_RULE_NONE;
	/* sshd writes one line for each method that succeeded, in that order. */
	for (const char *line = auth_info; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sf_text_starts(line, "publickey "))
			return SF_RULE_NONE;
	}
	return SF_RULE_FIRST_FACTOR;
}

/* Rule 7: the user has one of require_permission, or none is required. */
static bool has_permission(const struct sf_pam *policy, const struct sf_facts *facts)
{
	for (size_t i = 0; i < facts->permission_count; i++)
		if (sf_list_has(&policy->require_permission, facts->permissions[i]))
			return true;
	return policy->require_permission.count == 0;
}

enum sf_rule sf_identity_decide(const struct sf_identity_params *params)
{
	const struct sf_facts *facts = params->facts;
	const struct sf_owner_params owner_ask = {
	    .login = params->pinned, .organization_id = params->organization_id, .facts = facts};
	struct sf_owner owner;

	/*
	 * With a login host, or without an organization id, the users of every org could log in,
	 * and anybody can create an org. The configuration is checked as well; fail closed here.
	 */
	if (sf_sfhost_is_login(params->pinned))
		return SF_RULE_INSTANCE_URL;
	if (params->organization_id[0] == '\0')
		return SF_RULE_ORG_MISMATCH;

	enum sf_rule rule = sf_owner_find(&owner_ask, &owner);

	if (rule != SF_RULE_NONE)
		return rule;
	/* Absent is not true: a document that lacks `active` does not let anybody in. */
	if (facts->active != SF_GIVEN_TRUE)
		return SF_RULE_INACTIVE;
	if (!sf_list_has(&params->policy->allow_user_types, facts->user_type))
		return SF_RULE_USER_TYPE;
	/*
	 * Older replies of userinfo lack the flag. For the type of employees, absent is then no; an
	 * integration user may have any other type that the policy allows.
	 */
	if (facts->integration_user == SF_GIVEN_TRUE ||
	    (facts->integration_user == SF_GIVEN_ABSENT &&
		strcmp(facts->user_type, "STANDARD") != 0))
		return SF_RULE_INTEGRATION_USER;
	/*
	 * In a copy of an org, a user of an Experience Cloud site may have the type STANDARD. Only
	 * the token response tells that it is a site user.
	 */
	if (facts->community != SF_GIVEN_ABSENT)
		return SF_RULE_SITE_USER;
	if (!sf_mapping_fits(params->policy, params->account, owner.user_id, facts->username))
		return SF_RULE_NOT_MAPPED;
	if (!has_permission(params->policy, facts))
		return SF_RULE_PERMISSION;
	return SF_RULE_NONE;
}
