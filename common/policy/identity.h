/*
 * The decision: facts from Salesforce + policy + local account -> yes or no. Pure: no I/O, no
 * clock, no memory.
 * DESIGN.md, "Who is let in": seven rules, each with an audit reason of its own (rule.h). What they
 * say about hosts is in hosts.h, about the token's owner in owner.h, about the account in
 * account_class.h and mapping.h.
 */
#pragma once

#include "config_fields.h"
#include "facts.h"
#include "local_account.h"
#include "origin.h"
#include "rule.h"

/*
 * Rule 1. auth_info is SSH_AUTH_INFO_0 ("publickey ssh-ed25519 SHA256:..."), NULL where not set;
 * only for service sshd.
 */
enum sf_rule sf_identity_first_factor(
    const struct sf_pam *policy, const char *service, const char *auth_info);

/* Rules 2 to 7. The first that does not hold, or SF_RULE_NONE: let in. */
struct sf_identity_params {
	const struct sf_pam *policy;
	const struct sf_origin *pinned;   /* of the org's login_url */
	const char *organization_id;      /* pinned, 18 characters */
	const struct sf_account *account; /* of class OURS */
	const struct sf_facts *facts;
};
enum sf_rule sf_identity_decide(const struct sf_identity_params *params);
