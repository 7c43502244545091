/*
 * The rules of DESIGN.md, "Who is let in". Each has an audit reason for administrators. The module
 * shows a refused person the same sentence for every rule, so that an attacker learns nothing.
 */
#pragma once

/* X(NAME, "audit reason"), in the order of checking. The number is that of the rule. */
#define SF_RULES(X)                                                                                \
	X(FIRST_FACTOR, "first_factor")         /* 1: ssh login without a key before */            \
	X(INSTANCE_URL, "instance_url")         /* 2: not the host of the configuration */         \
	X(ID_URL, "id_url")                     /* 2: `id` on another host or not /id/ORG/USER */  \
	X(VERIFICATION_URI, "verification_uri") /* 2: the page to open is on another host */       \
	X(ORG_MISMATCH, "org_mismatch")   /* 3: id, identity document or token of another org */   \
	X(NOT_ASSERTED, "not_asserted")   /* 4: asserted_user is not true */                       \
	X(USER_MISMATCH, "user_mismatch") /* 4: the document describes another user */             \
	X(INACTIVE, "inactive")           /* 5 */                                                  \
	X(USER_TYPE, "user_type")         /* 5: not in allow_user_types */                         \
	X(INTEGRATION_USER, "integration_user") /* 5 */                                            \
	X(SITE_USER, "site_user")               /* 5 */                                            \
	X(NOT_MAPPED, "not_mapped")             /* 6: another user than the account's approved */  \
	X(PERMISSION, "permission")             /* 7: has none of require_permission */

enum sf_rule {
	SF_RULE_NONE = 0, /* all rules hold */
#define X(name, reason) SF_RULE_##name,
	SF_RULES(X)
#undef X
	    SF_RULE_COUNT
};
const char *sf_rule_name(enum sf_rule rule); /* the audit reason; "ok" for NONE */
