/* Rules 2 to 4: which organization and user a token belongs to. */
#include "owner.h"

#include <stddef.h>
#include <string.h>

#include "hosts.h"

#include "banned.h"

/* Whether id, normalised, equals full. Never compare ids as they come: 15 and 18 characters. */
static bool is_same(const char *id, const char *prefix, const char *full)
{
	char own[SF_SFID_SIZE];

	return sf_sfid_parse(id, prefix, own) && strcmp(own, full) == 0;
}

bool sf_owner_is_org(const char *id, const char *full)
{
	return is_same(id, "00D", full);
}

bool sf_owner_is_user(const char *id, const char *full)
{
	return is_same(id, "005", full);
}

bool sf_owner_from_id(const char *id_url, struct sf_owner *ret_owner)
{
	struct sf_origin host;
	struct sf_owner owner = {.org_id = ""};
	const char *path = NULL;

	memset(ret_owner, 0, sizeof(*ret_owner));
	if (!sf_origin_of_url(id_url, &host, &path) ||
	    !sf_sfid_split(path, owner.org_id, owner.user_id))
		return false;
	*ret_owner = owner;
	return true;
}

enum sf_rule sf_owner_check(const struct sf_owner *owner, const struct sf_facts *facts)
{
	if (!sf_owner_is_org(facts->organization_id, owner->org_id))
		return SF_RULE_ORG_MISMATCH;
	/* Only an opaque token begins with its organization id; a JWT does not. */
	if (facts->token_prefix[0] != '\0' && !sf_owner_is_org(facts->token_prefix, owner->org_id))
		return SF_RULE_ORG_MISMATCH;
	/* Not true: the token does not belong to the user whom the document describes. */
	if (facts->asserted_user != SF_GIVEN_TRUE)
		return SF_RULE_NOT_ASSERTED;
	if (!sf_owner_is_user(facts->user_id, owner->user_id))
		return SF_RULE_USER_MISMATCH;
	return SF_RULE_NONE;
}

enum sf_rule sf_owner_find(const struct sf_owner_params *params, struct sf_owner *ret_owner)
{
	const struct sf_facts *facts = params->facts;
	enum sf_rule rule = sf_hosts_instance(params->login, facts->instance_url, NULL);

	memset(ret_owner, 0, sizeof(*ret_owner));
	if (rule == SF_RULE_NONE)
		rule = sf_hosts_id(params->login, facts->id_url);
	if (rule != SF_RULE_NONE)
		return rule;
	if (!sf_owner_from_id(facts->id_url, ret_owner))
		return SF_RULE_ID_URL;
	if (params->organization_id[0] != '\0' &&
	    strcmp(ret_owner->org_id, params->organization_id) != 0)
		return SF_RULE_ORG_MISMATCH;
	return sf_owner_check(ret_owner, facts);
}
