/*
 * doctor: accounts that pam_sfoauth keeps out. An account with a shell or an ssh key that is
 * neither mapped nor local could log in before; often it belongs to a program. Changes no account.
 */
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account_class.h"
#include "doctor.h"
#include "file.h"
#include "mapping.h"
#include "text.h"

#include "banned.h"

#define ACCOUNTS_MAX 100000 /* of the user database, which may be a whole directory */
#define SHOWN_MAX    10
#define GROUPS_MAX   256
#define NAMES_SIZE   1024

/* What was found so far. */
struct found {
	unsigned looked_at, out;
	char names[NAMES_SIZE];
	struct sf_text text;
};

static void free_text(char **text)
{
	free(*text);
}

/* Debian gives one of these two to accounts of programs (adduser --system). */
static bool is_login_shell(const char *shell)
{
	return !sf_text_ends(shell, "/nologin") && !sf_text_ends(shell, "/false");
}

/* Only root sees the keys of all. */
static bool has_key(const struct passwd *entry)
{
	char path[4096];
	struct sf_text text = SF_TEXT(path);

	return sf_text_addf(&text, "%s/.ssh/authorized_keys", entry->pw_dir) &&
	       access(path, F_OK) == 0;
}

/*
 * The class of an account without its groups; local_groups is looked at by in_local_group(). The
 * service is any that the module handles: with another, every account would count as local.
 */
static enum sf_class class_of(const struct sf_pam *pam, const struct passwd *entry,
    const char *mapped_id, enum sf_class_reason *ret_reason)
{
	const struct sf_account account = {
	    .name = entry->pw_name,
	    .exists = true,
	    .pw_name = entry->pw_name,
	    .uid = entry->pw_uid,
	    .service = pam->services.count > 0 ? pam->services.items[0] : "",
	    .mapped_id = mapped_id,
	};

	return sf_account_class_of(pam, &account, ret_reason);
}

/*
 * Is it in a group of local_groups? More groups than GROUPS_MAX count as "no": the account is then
 * named although it may be local, which is the harmless mistake.
 */
static bool in_local_group(const struct sf_pam *pam, const struct passwd *entry)
{
	gid_t groups[GROUPS_MAX];
	int count = GROUPS_MAX;

	if (pam->local_groups.count == 0 ||
	    getgrouplist(entry->pw_name, entry->pw_gid, groups, &count) < 0)
		return false;
	for (int i = 0; i < count; i++) {
		const struct group *group = getgrgid(groups[i]);

		if (group && sf_list_has(&pam->local_groups, group->gr_name))
			return true;
	}
	return false;
}

/* Count the account if it can log in, and add its name if the module keeps it out. */
static void look_at(const struct sf_pam *pam, const struct passwd *entry, const char *map,
    size_t map_len, struct found *found)
{
	char id[SF_SFID_SIZE];
	struct sf_error flaw;
	enum sf_class_reason reason;
	const char *mapped_id = NULL;

	if (entry->pw_uid < pam->min_uid || (!is_login_shell(entry->pw_shell) && !has_key(entry)))
		return;
	found->looked_at++;
	if (map && sf_mapping_find(map, map_len, entry->pw_name, id, &flaw))
		mapped_id = id;
	/* deny_users is what an administrator wants. */
	if (class_of(pam, entry, mapped_id, &reason) != SF_CLASS_NOBODY ||
	    reason == SF_CLASS_REASON_DENY_USERS || in_local_group(pam, entry))
		return;
	if (found->out < SHOWN_MAX)
		sf_text_addf(&found->text, "%s%s", found->out > 0 ? ", " : "", entry->pw_name);
	else if (found->out == SHOWN_MAX)
		sf_text_add(&found->text, ", ...");
	found->out++;
}

/*
 * A row that is skipped, not failed: leaving accounts out may be what is wanted. setpwent starts
 * from the first account, whatever was looked up before.
 */
void sf_doctor_accounts(struct sf_doctor *d)
{
	SF_CLEANUP(free_text) char *map = NULL;
	const struct sf_file_params params = {
	    .path = d->pam->user_map, .max = SF_DOCTOR_MAP_MAX, .check_directories = true};
	struct found found = {.out = 0};
	struct sf_error e;
	size_t len = 0;

	/* If the map cannot be read, the check "user-map" has shown a row for it. */
	if (params.path[0] != '\0' && sf_file_read(&params, &map, &len, &e) != SF_OK)
		return;
	found.text = SF_TEXT(found.names);
	setpwent();
	for (int i = 0; i < ACCOUNTS_MAX; i++) {
		const struct passwd *entry = getpwent();

		if (!entry)
			break;
		look_at(d->pam, entry, map, len, &found);
	}
	endpwent();
	if (found.out > 0)
		sf_doctor_skip(d, "accounts", sf_message_row(SF_MESSAGE_DOCTOR_ACCOUNTS_ADD),
		    SF_MESSAGE_DOCTOR_ACCOUNTS_OUT,
		    SF_WITH({"n", SF_NUMBER(found.out)}, {"names", found.names}));
	else
		sf_doctor_ok(d, "accounts", SF_MESSAGE_DOCTOR_ACCOUNTS,
		    SF_WITH({"n", SF_NUMBER(found.looked_at)}));
}
