/*
 * Lookups in the host's user and group databases (NSS), and the inputs of an account's class. The
 * rules of the class are common/policy/account_class.c; nothing is decided here.
 */
#include "account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "log.h"
#include "mapping.h"

#include "banned.h"

#define TEXT_SIZE_FIRST 2048
#define TEXT_SIZE_MAX   (1024 * 1024) /* a group line names all its members */

static void text_freep(char **text)
{
	free(*text);
	*text = NULL;
}

/*
 * NSS modules report "no such name" with several values of errno (getpwnam(3), ERRORS). Any other
 * value means that the database failed: then the class is unknown and the call must fail.
 */
static bool is_absent(int error)
{
	return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

enum sf_err sf_account_find(
    const char *name, struct sf_account_entry *ret_entry, struct sf_error *e)
{
	SF_CLEANUP(sf_account_clear) struct sf_account_entry entry = {.name = strdup(name)};
	struct passwd passwd, *found = NULL;
	int error = ERANGE;

	if (!entry.name)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
	entry.account.name = entry.name;
	/* ERANGE: the buffer is too small (getpwnam(3)). */
	for (size_t size = TEXT_SIZE_FIRST; error == ERANGE && size <= TEXT_SIZE_MAX; size *= 2) {
		text_freep(&entry.pw_text);
		entry.pw_text = malloc(size);
		if (!entry.pw_text)
			return SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
		do
			error = getpwnam_r(name, &passwd, entry.pw_text, size, &found);
		while (error == EINTR);
	}
	if (!found && !is_absent(error))
		return SF_FAIL(e, SF_E_SYSTEM, error, "the %s database does not answer", "user");
	if (found) {
		entry.account.exists = true;
		entry.account.pw_name = passwd.pw_name;
		entry.account.uid = passwd.pw_uid;
		entry.gid = passwd.pw_gid;
	}
	/* The pointers now belong to *ret_entry; the cleanup must not free them. */
	*ret_entry = entry;
	memset(&entry, 0, sizeof(entry));
	return SF_OK;
}

void sf_account_clear(struct sf_account_entry *entry)
{
	for (size_t i = 0; i < entry->name_count; i++)
		free(entry->group_names[i]);
	free(entry->group_names);
	free(entry->groups);
	free(entry->pw_text);
	free(entry->name);
	memset(entry, 0, sizeof(*entry));
}

enum sf_err sf_account_groups(struct sf_account_entry *entry, struct sf_error *e)
{
	if (!entry->account.exists)
		return SF_FAIL(e, SF_E_BUG, 0, "groups of an account that does not exist");
	for (int size = 32; size <= SF_ACCOUNT_GROUPS_MAX; size *= 2) {
		int count = size;
		gid_t *groups = calloc((size_t)size, sizeof(*groups));

		if (!groups)
			return SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
		if (getgrouplist(entry->account.pw_name, entry->gid, groups, &count) >= 0) {
			free(entry->groups);
			entry->groups = groups;
			entry->group_count = (size_t)count;
			return SF_OK;
		}
		free(groups);
	}
	return SF_FAIL(
	    e, SF_E_SYSTEM, 0, "the account is in more than %d groups", SF_ACCOUNT_GROUPS_MAX);
}

/* Look up the name of a group: *ret_name is the caller's, NULL if the gid has no name. */
static enum sf_err group_name(gid_t gid, char **ret_name, struct sf_error *e)
{
	int error = ERANGE;

	for (size_t size = TEXT_SIZE_FIRST; error == ERANGE && size <= TEXT_SIZE_MAX; size *= 2) {
		SF_CLEANUP(text_freep) char *text = malloc(size);
		struct group group, *found = NULL;

		if (!text)
			return SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
		do
			error = getgrgid_r(gid, &group, text, size, &found);
		while (error == EINTR);
		if (error == ERANGE)
			continue;
		if (!found && !is_absent(error))
			break;
		*ret_name = found ? strdup(group.gr_name) : NULL;
		if (found && !*ret_name)
			return SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
		return SF_OK;
	}
	return SF_FAIL(e, SF_E_SYSTEM, error, "the %s database does not answer", "group");
}

/* Fill group_names and account.groups. A gid without a name cannot match local_groups: skip it. */
static enum sf_err load_group_names(struct sf_account_entry *entry, struct sf_error *e)
{
	enum sf_err r = sf_account_groups(entry, e);

	if (r != SF_OK)
		return r;
	entry->group_names = calloc(entry->group_count + 1, sizeof(*entry->group_names));
	if (!entry->group_names)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
	for (size_t i = 0; i < entry->group_count; i++) {
		char *name = NULL;

		r = group_name(entry->groups[i], &name, e);
		if (r != SF_OK)
			return r;
		if (name)
			entry->group_names[entry->name_count++] = name;
	}
	entry->account.groups = (const char *const *)entry->group_names;
	entry->account.group_count = entry->name_count;
	return SF_OK;
}

/*
 * Look the account up in the user_map. A person who can write that file can log in as anybody, so
 * all directories above it must be writable by trusted owners only.
 */
static enum sf_err load_mapped_id(
    struct sf_account_entry *entry, const char *path, struct sf_error *e)
{
	const struct sf_file_params params = {
	    .path = path, .max = SF_ACCOUNT_MAP_MAX, .check_directories = true};
	SF_CLEANUP(text_freep) char *text = NULL;
	size_t len = 0;
	struct sf_error flaw;
	enum sf_err r = sf_file_read(&params, &text, &len, e);

	if (r != SF_OK)
		return r;
	if (sf_mapping_find(text, len, entry->name, entry->mapped_id, &flaw))
		entry->account.mapped_id = entry->mapped_id;
	/* The account has no mapping then, like any other without one; the log says which line. */
	if (flaw.code != SF_OK)
		sf_log_error(&flaw);
	return SF_OK;
}

enum sf_err sf_account_class(struct sf_account_entry *entry, const struct sf_pam *policy,
    const char *service, enum sf_class *ret_class, enum sf_class_reason *ret_reason,
    struct sf_error *e)
{
	enum sf_class account_class = SF_CLASS_NOBODY;
	enum sf_class_reason reason = SF_CLASS_REASON_UNMAPPED;
	enum sf_err r = SF_OK;

	entry->account.service = service;
	if (entry->account.exists && policy->local_groups.count > 0 && !entry->group_names)
		r = load_group_names(entry, e);
	if (r != SF_OK)
		return r;
	account_class = sf_account_class_of(policy, &entry->account, &reason);
	if ((reason == SF_CLASS_REASON_UNMAPPED || reason == SF_CLASS_REASON_ROOT_CALLER) &&
	    policy->user_map[0] != '\0') {
		r = load_mapped_id(entry, policy->user_map, e);
		if (r != SF_OK)
			return r;
		account_class = sf_account_class_of(policy, &entry->account, &reason);
	}
	*ret_class = account_class;
	*ret_reason = reason;
	return SF_OK;
}
