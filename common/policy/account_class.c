/* The class of an account: the first row below that applies decides. It looks up nothing. */
#include "account_class.h"

#include <string.h>

#include "attr.h"
#include "list.h"
#include "mapping.h"

#include "banned.h"

const char *sf_class_reason_name(enum sf_class_reason reason)
{
	static const char *const names[] = {
#define X(name, text) [SF_CLASS_REASON_##name] = text,
	    SF_CLASS_REASONS(X)
#undef X
	};

	return reason < SF_COUNT(names) ? names[reason] : "bug";
}

static bool in_local_group(const struct sf_pam *policy, const struct sf_account *account)
{
	for (size_t i = 0; i < account->group_count; i++)
		if (sf_list_has(&policy->local_groups, account->groups[i]))
			return true;
	return false;
}

bool sf_account_class_has_service(const struct sf_pam *policy, const char *service)
{
	return policy->services.count == 0 || sf_list_has(&policy->services, "*") ||
	       sf_list_has(&policy->services, service);
}

/* Linux tells ada from ADA, Salesforce does not: with a template only one of them can be meant. */
static bool has_ambiguous_case(const struct sf_pam *policy, const char *name)
{
	return policy->username_template[0] != '\0' && strpbrk(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

/*
 * Root needs no approval to become another account, and a service account has no person who
 * could give one: su by root is passed on to pam_rootok.
 */
static bool is_root_at_su(const struct sf_account *account)
{
	return account->is_called_by_root &&
	       (strcmp(account->service, "su") == 0 || strcmp(account->service, "su-l") == 0);
}

enum sf_class sf_account_class_of(
    const struct sf_pam *policy, const struct sf_account *account, enum sf_class_reason *ret_reason)
{
	/*
	 * Rows of LOCAL come first, so that a mistake in the mapping never locks out a local
	 * account.
	 */
	const struct {
		bool holds;
		enum sf_class_reason reason;
		enum sf_class account_class;
	} rows[] = {
	    {account->exists && account->uid == 0, SF_CLASS_REASON_LOW_UID, SF_CLASS_LOCAL},
	    {account->is_host_unprivileged, SF_CLASS_REASON_UNPRIVILEGED, SF_CLASS_LOCAL},
	    {!sf_account_class_has_service(policy, account->service), SF_CLASS_REASON_SERVICE,
		SF_CLASS_LOCAL},
	    {sf_list_has(&policy->local_users, account->name), SF_CLASS_REASON_LOCAL_USER,
		SF_CLASS_LOCAL},
	    {account->exists && in_local_group(policy, account), SF_CLASS_REASON_LOCAL_GROUP,
		SF_CLASS_LOCAL},
	    {account->exists && account->uid < policy->min_uid, SF_CLASS_REASON_LOW_UID,
		SF_CLASS_LOCAL},
	    {!account->exists, SF_CLASS_REASON_UNKNOWN_USER, SF_CLASS_NOBODY},
	    {!account->pw_name || strcmp(account->pw_name, account->name) != 0,
		SF_CLASS_REASON_NAME_DIFFERS, SF_CLASS_NOBODY},
	    {has_ambiguous_case(policy, account->name), SF_CLASS_REASON_NAME_CAPITALS,
		SF_CLASS_NOBODY},
	    {sf_list_has(&policy->deny_users, account->name), SF_CLASS_REASON_DENY_USERS,
		SF_CLASS_NOBODY},
	    {!sf_mapping_has(policy, account) && is_root_at_su(account),
		SF_CLASS_REASON_ROOT_CALLER, SF_CLASS_LOCAL},
	    {!sf_mapping_has(policy, account), SF_CLASS_REASON_UNMAPPED, SF_CLASS_NOBODY},
	};

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (!rows[i].holds)
			continue;
		*ret_reason = rows[i].reason;
		return rows[i].account_class;
	}
	*ret_reason = SF_CLASS_REASON_NONE;
	return SF_CLASS_OURS;
}
