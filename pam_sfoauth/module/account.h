/*
 * An account as this host knows it (user database, groups, user_map), and its class
 * (account_class.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "account_class.h"
#include "attr.h"
#include "config.h"
#include "err.h"
#include "sfid.h"

#define SF_ACCOUNT_GROUPS_MAX 65536         /* NGROUPS_MAX */
#define SF_ACCOUNT_MAP_MAX    (1024 * 1024) /* bytes of a user_map */

/* Owns all its texts. Must not be moved once it is filled: account points into it. */
struct sf_account_entry {
	struct sf_account account;
	gid_t gid;          /* valid if account.exists */
	gid_t *groups;      /* after sf_account_groups: all groups, the primary one included */
	size_t group_count; /* of groups */
	char *name;         /* account.name */
	char *pw_text;      /* account.pw_name lies in it */
	char **group_names; /* account.groups; filled only if the policy has local_groups */
	size_t name_count;  /* of group_names */
	char mapped_id[SF_SFID_SIZE]; /* account.mapped_id, if the user_map has the name */
};

/*
 * Look name up in the user database. A name that does not exist is no error: account.exists is
 * false. On success *ret_entry is the caller's to clear. Fails with SYSTEM (the database failed) or
 * NOMEM.
 */
SF_CHECKED enum sf_err sf_account_find(
    const char *name, struct sf_account_entry *ret_entry, struct sf_error *e);
/* Frees the texts and zeroes the entry. For SF_CLEANUP. */
void sf_account_clear(struct sf_account_entry *entry);

/*
 * Fill groups and group_count, which a process needs that becomes this user. Fails with BUG (the
 * account does not exist), SYSTEM (more than SF_ACCOUNT_GROUPS_MAX groups) or NOMEM.
 */
SF_CHECKED enum sf_err sf_account_groups(struct sf_account_entry *entry, struct sf_error *e);

/*
 * Determine the account's class for this PAM service. Group names are looked up only if the policy
 * has local_groups. The user_map is read only if no other rule decides, so a broken map does not
 * lock out local accounts. Fails with CONFIG (the map), SYSTEM or NOMEM.
 */
SF_CHECKED enum sf_err sf_account_class(struct sf_account_entry *entry, const struct sf_pam *policy,
    const char *service, enum sf_class *ret_class, enum sf_class_reason *ret_reason,
    struct sf_error *e);
