/*
 * The class of a local account, which tells what sfoauth does about it (DESIGN.md, "Who is let
 * in"). A pure function: the caller has looked up the account.
 */
#pragma once

#include "config_fields.h"
#include "local_account.h"

enum sf_class {
	SF_CLASS_LOCAL, /* sfoauth does not handle it: other PAM modules decide */
	SF_CLASS_OURS,  /* a sign-in to Salesforce decides */
	SF_CLASS_NOBODY /* never let in; the person sees the same dialogue as for OURS */
};

/* X(NAME, "reason"): why an account has its class, for the debug line and audit lines. */
#define SF_CLASS_REASONS(X)                                                                        \
	X(NONE, "ok")                                                                              \
	X(UNPRIVILEGED, "host_unprivileged")                                                       \
	X(SERVICE, "service_not_ours")                                                             \
	X(LOCAL_USER, "local_user")                                                                \
	X(LOCAL_GROUP, "local_group")                                                              \
	X(LOW_UID, "low_uid")                                                                      \
	X(ROOT_CALLER, "root_caller")                                                              \
	X(UNKNOWN_USER, "unknown_user")                                                            \
	X(NAME_DIFFERS, "name_differs")                                                            \
	X(NAME_CAPITALS, "name_has_capitals")                                                      \
	X(DENY_USERS, "deny_users")                                                                \
	X(UNMAPPED, "unmapped")
enum sf_class_reason {
#define X(name, reason) SF_CLASS_REASON_##name,
	SF_CLASS_REASONS(X)
#undef X
};
const char *sf_class_reason_name(enum sf_class_reason reason); /* static: "ok", "unmapped" */

/* Is the PAM service one of `services`? "*" is every service. */
bool sf_account_class_has_service(const struct sf_pam *policy, const char *service);

/*
 * The class of an account, and the reason for it. In this order: uid 0, a service that is not
 * handled, local_users, local_groups, a uid below min_uid -> LOCAL; a name that does not exist, a
 * name that the user database spells differently, deny_users, no Salesforce user -> NOBODY;
 * otherwise OURS. uid 0 is LOCAL whatever the policy says. A name that does not exist is LOCAL
 * only because of the service or local_users.
 */
enum sf_class sf_account_class_of(const struct sf_pam *policy, const struct sf_account *account,
    enum sf_class_reason *ret_reason);
