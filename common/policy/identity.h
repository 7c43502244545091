/*
 * The decision about a login: facts from Salesforce, the policy and the local account give a rule
 * that is broken, or none. Pure functions: no I/O, no clock, no allocation.
 * DESIGN.md, "Who is let in", has the seven rules; each has an audit reason (rule.h). The parts
 * about hosts are in hosts.h, about the owner of a token in owner.h, about the account in
 * account_class.h and mapping.h.
 */
#pragma once

#include "config_fields.h"
#include "facts.h"
#include "local_account.h"
#include "origin.h"
#include "rule.h"

/*
 * Rule 1: with ssh_first_factor = publickey, an ssh login needs an accepted key before. auth_info
 * is sshd's SSH_AUTH_INFO_0 ("publickey ssh-ed25519 SHA256:..."), or NULL. The rule holds for every
 * service except sshd. Returns SF_RULE_NONE or SF_RULE_FIRST_FACTOR.
 */
enum sf_rule sf_identity_first_factor(
    const struct sf_pam *policy, const char *service, const char *auth_info);

/* Rules 2 to 7: the first broken rule, or SF_RULE_NONE to let the person in. */
struct sf_identity_params {
	const struct sf_pam *policy;
	const struct sf_origin *pinned; /* origin of the org's login_url, from the configuration */
	const char *organization_id;    /* from the configuration, 18 characters */
	const struct sf_account *account; /* of class OURS */
	const struct sf_facts *facts;
};
enum sf_rule sf_identity_decide(const struct sf_identity_params *params);
