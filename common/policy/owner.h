/*
 * Rules 2 to 4 (DESIGN.md, "Who is let in"): the owner of a token, and whether everything that
 * Salesforce sends agrees about it. Module, command and worker use these functions instead of
 * comparing ids themselves.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "facts.h"
#include "origin.h"
#include "rule.h"
#include "sfid.h"

/* The organization and the user of a token, 18 characters each; both "" if unknown. */
struct sf_owner {
	char org_id[SF_SFID_SIZE];
	char user_id[SF_SFID_SIZE];
};

/* Whether id (15 or 18 characters) and full (18) are the same organization, or the same user. */
bool sf_owner_is_org(const char *id, const char *full);
bool sf_owner_is_user(const char *id, const char *full);

/*
 * The owner that an identity URL names: https://HOST/id/ORG/USER. The host is not checked here
 * (sf_hosts_id). False: it is no identity URL, and *ret_owner is empty.
 */
bool sf_owner_from_id(const char *id_url, struct sf_owner *ret_owner);

/*
 * Rules 3 and 4 for a token whose owner is known: the identity document, its asserted_user and the
 * prefix of an opaque token must name this owner. Returns the first broken rule or SF_RULE_NONE.
 */
enum sf_rule sf_owner_check(const struct sf_owner *owner, const struct sf_facts *facts);

struct sf_owner_params {
	const struct sf_origin *login; /* of the org's login_url */
	const char *organization_id;  /* pinned, 18 characters; "": any, if all facts agree on it */
	const struct sf_facts *facts; /* of a sign-in */
};
/*
 * Rules 2 to 4 for a new sign-in: the first broken rule, or SF_RULE_NONE. *ret_owner is the owner
 * that `id` names, even if a later rule is broken (for the audit line); otherwise it is empty.
 */
enum sf_rule sf_owner_find(const struct sf_owner_params *params, struct sf_owner *ret_owner);
