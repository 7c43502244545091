/*
 * Rules 2 to 4 (DESIGN.md, "Who is let in"): whose a token is, and whether all that Salesforce
 * says about it agrees. Module, command and worker use these; nobody compares an id of an
 * organization or a user by hand.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "facts.h"
#include "origin.h"
#include "rule.h"
#include "sfid.h"

/* The organization and the user of a token, 18 characters each; both "" where not known. */
struct sf_owner {
	char org_id[SF_SFID_SIZE];
	char user_id[SF_SFID_SIZE];
};

/* Are id and full, which has 18 characters, the same organization? id may have 15. */
bool sf_owner_is_org(const char *id, const char *full);
/* Likewise a user. */
bool sf_owner_is_user(const char *id, const char *full);

/*
 * The owner that `id` names: https://HOST/id/ORG/USER, on whatever host. False: it is no identity
 * URL, and *ret_owner is empty.
 */
bool sf_owner_from_id(const char *id_url, struct sf_owner *ret_owner);

/*
 * Rules 3 and 4 for a token whose owner is known: an opaque token, the identity document and its
 * asserted_user name this owner. A JWT has no prefix to compare.
 */
enum sf_rule sf_owner_check(const struct sf_owner *owner, const struct sf_facts *facts);

struct sf_owner_params {
	const struct sf_origin *login; /* of the org's login_url */
	const char *organization_id;   /* pinned, 18 characters; "": any, but one and the same */
	const struct sf_facts *facts;  /* of a sign-in */
};
/*
 * Rules 2 to 4 for a new sign-in. The first that does not hold, or SF_RULE_NONE. *ret_owner is what
 * `id` names, also where a rule after that refuses; else it is empty.
 */
enum sf_rule sf_owner_find(const struct sf_owner_params *params, struct sf_owner *ret_owner);
