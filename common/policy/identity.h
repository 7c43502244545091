/*
 * The decision: facts from Salesforce + policy + local account -> yes or no. Pure: no I/O, no
 * clock, no memory.
 * DESIGN.md, "Who is let in": three classes and seven rules, each rule with an audit reason of its
 * own.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "attr.h"
#include "config_fields.h"
#include "facts.h"
#include "origin.h"
#include "sfid.h"

/* X(NAME, "audit reason") in the order of checking. */
#define SF_IDENTITY_RULES(X)                                                                       \
	X(FIRST_FACTOR, "first_factor")         /* 1: over ssh, no key came first */               \
	X(INSTANCE_URL, "instance_url")         /* 2: another instance than the pinned host */     \
	X(ID_URL, "id_url")                     /* 2: id on a foreign host, or not /id/ORG/USER */ \
	X(VERIFICATION_URI, "verification_uri") /* 2: the page to open is on a foreign host */     \
	X(ORG_MISMATCH, "org_mismatch")   /* 3: id, identity document or token of another org */   \
	X(NOT_ASSERTED, "not_asserted")   /* 4: asserted_user is not true */                       \
	X(USER_MISMATCH, "user_mismatch") /* 4: the document is about somebody else */             \
	X(INACTIVE, "inactive")           /* 5 */                                                  \
	X(USER_TYPE, "user_type")         /* 5: not in allow_user_types */                         \
	X(INTEGRATION_USER, "integration_user") /* 5 */                                            \
	X(SITE_USER, "site_user")               /* 5 */                                            \
	X(NOT_MAPPED, "not_mapped") /* 6: approved by somebody who is not this account */          \
	X(PERMISSION, "permission") /* 7: none of require_permission */

enum sf_rule {
	SF_RULE_NONE = 0, /* all rules hold */
#define X(name, reason) SF_RULE_##name,
	SF_IDENTITY_RULES(X)
#undef X
	    SF_RULE_COUNT
};
const char *sf_rule_name(enum sf_rule rule); /* the audit reason; "ok" for NONE */

/* What the system knows of the account that wants in. All borrowed. */
struct sf_account {
	const char *name;          /* PAM_USER */
	bool exists;               /* in the user database */
	const char *pw_name;       /* as the database spells it; NULL if it does not exist */
	uid_t uid;                 /* valid if exists */
	const char *const *groups; /* names of all groups of the account */
	size_t group_count;
	const char *service; /* PAM_SERVICE */
	const char
	    *mapped_id; /* user_map: the 18-character user id of this name; NULL: none, or no map */
};

enum sf_class { SF_CLASS_LOCAL, SF_CLASS_OURS, SF_CLASS_NOBODY };

#define SF_IDENTITY_CLASS_REASONS(X)                                                               \
	X(NONE, "ok")                                                                              \
	X(SERVICE, "service_not_ours")                                                             \
	X(LOCAL_USER, "local_user")                                                                \
	X(LOCAL_GROUP, "local_group")                                                              \
	X(LOW_UID, "low_uid")                                                                      \
	X(UNKNOWN_USER, "unknown_user")                                                            \
	X(NAME_DIFFERS, "name_differs")                                                            \
	X(DENY_USERS, "deny_users")                                                                \
	X(UNMAPPED, "unmapped")
enum sf_class_reason {
#define X(name, reason) SF_CLASS_REASON_##name,
	SF_IDENTITY_CLASS_REASONS(X)
#undef X
};
const char *sf_class_reason_name(enum sf_class_reason reason);

/*
 * The class of an account, and why. uid 0 is LOCAL whatever the policy says (and the module does
 * not even ask). Order: uid 0, service,
 * local_users, local_groups, low uid -> LOCAL; unknown, another spelling, deny_users, unmapped
 * -> NOBODY; else OURS.
 * A name that does not exist is LOCAL only if local_users has it.
 */
enum sf_class sf_identity_class(const struct sf_pam *policy, const struct sf_account *account,
    enum sf_class_reason *ret_reason);

/*
 * Rule 1. auth_info is SSH_AUTH_INFO_0 ("publickey ssh-ed25519 SHA256:..."), NULL where not set;
 * only for service sshd.
 */
enum sf_rule sf_identity_first_factor(
    const struct sf_pam *policy, const char *service, const char *auth_info);

/* Rule 2 for the page to open, before it is shown: exactly https on the origin. */
enum sf_rule sf_identity_address(const struct sf_origin *pinned, const char *verification_uri);

/* Rules 2 to 7. The first that does not hold, or SF_RULE_NONE: let in. */
struct sf_identity_ask {
	const struct sf_pam *policy;
	const struct sf_origin *pinned;   /* of the org's login_url */
	const char *organization_id;      /* pinned, 18 characters */
	const struct sf_account *account; /* of class OURS */
	const struct sf_facts *facts;
};
enum sf_rule sf_identity_decide(const struct sf_identity_ask *ask);

/*
 * Look name up in the text of a user_map: lines `linux-name 005...`, # comments, blanks. *ret_found
 * says whether; the id is normalised. A malformed line anywhere, or the name standing there twice,
 * refuses the whole map: CONFIG.
 */
SF_CHECKED enum sf_err sf_identity_map_find(const char *text, size_t len, const char *name,
    bool *ret_found, char ret_id[static SF_SFID_SIZE], struct sf_error *e);

/*
 * The Salesforce username that username_template wants for an account: {user} replaced. False if
 * too long or name is not printable ASCII.
 */
SF_CHECKED bool sf_identity_expand(
    const char *template_text, const char *name, char *ret, size_t size);
