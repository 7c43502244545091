/*
 * Is an account of this machine sfoauth's business? Every account is one of three classes
 * (DESIGN.md, "Who is let in"). Pure: the caller has looked the account up.
 */
#pragma once

#include "config_fields.h"
#include "local_account.h"

enum sf_class { SF_CLASS_LOCAL, SF_CLASS_OURS, SF_CLASS_NOBODY };

#define SF_CLASS_REASONS(X)                                                                        \
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
	SF_CLASS_REASONS(X)
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
enum sf_class sf_account_class_of(const struct sf_pam *policy, const struct sf_account *account,
    enum sf_class_reason *ret_reason);
