/*
 * doctor: is the desktop keyring open, and does the kernel keyring keep and expire a key? Makes a
 * key of its own for that, and removes it. Reads no token.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "keyctl.h"
#include "store.h"
#include "text.h"

#include "banned.h"

#define SF_LIFE_S    60 /* of the test key */
#define SF_LIFE_SIZE 16
#define SF_NO_ORG    "https://login.salesforce.com:443" /* to search for, if no org is known */

/* Show the state of the desktop keyring as a row. */
static void show_keyring(struct sf_doctor *d, const struct sf_store_found *found)
{
	struct sf_error e;

	switch (found->state) {
	case SF_STORE_DONE:
	case SF_STORE_NONE:
		sf_doctor_ok(d, "keyring", SF_MESSAGE_DOCTOR_KEYRING,
		    SF_WITH({"n", SF_NUMBER(found->count)}));
		return;
	case SF_STORE_LOCKED:
		(void)SF_FAIL_MESSAGE(
		    &e, SF_E_KEYRING_LOCKED, SF_MESSAGE_DOCTOR_KEYRING_LOCKED, NULL);
		break;
	case SF_STORE_SILENT:
		(void)SF_FAIL_MESSAGE(
		    &e, SF_E_KEYRING_SILENT, SF_MESSAGE_DOCTOR_KEYRING_SILENT, NULL);
		break;
	case SF_STORE_ABSENT:
		(void)SF_FAIL_MESSAGE(&e, SF_E_KEYRING,
		    d->cmd->settings->has_bus ? SF_MESSAGE_DOCTOR_KEYRING_NO_SERVICE
					      : SF_MESSAGE_DOCTOR_KEYRING_NO_BUS,
		    NULL);
		break;
	}
	sf_doctor_error(d, "keyring", &e);
}

/* Search the Secret Service for sign-ins of the org. It does not unlock the keyring. */
static void check_desktop(struct sf_doctor *d)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	struct sf_store_params params = {.settings = d->cmd->settings, .key = SF_NO_ORG};
	struct sf_error e;

	if (d->is_root) {
		sf_doctor_skip(d, "keyring", sf_message_row(SF_MESSAGE_DOCTOR_AS_PERSON),
		    SF_MESSAGE_DOCTOR_KEYRING_ROOT, NULL);
		return;
	}
	if (d->org)
		params = sf_store_ask_of(&d->cmd->session.target);
	params.user = NULL;
	params.may_prompt = false;
	if (sf_store_row(SF_STORE_ID_secret_service)->find(&params, &found, &e) != SF_OK)
		sf_doctor_error(d, "keyring", &e);
	else
		show_keyring(d, &found);
}

/*
 * Append the quota of keys from the line of our uid in /proc/key-users, "1000: 5 5/5 3/200
 * 120/20000": 3 of 200 keys (proc_key-users(5)).
 */
static void find_quota(struct sf_text *ret)
{
	char line[256];
	FILE *file = fopen("/proc/key-users", "re");
	unsigned uid = 0, used = 0, most = 0;
	bool is_found = false;

	while (file && !is_found && fgets(line, sizeof(line), file)) {
		char *colon = strchr(line, ':'), *slash = NULL, *number = line;

		if (!colon)
			continue;
		*colon = '\0';
		number += strspn(number, " ");
		if (!sf_text_u32(number, 0, UINT32_MAX, &uid) || uid != geteuid())
			continue;
		/* After the colon: usage, keys/instantiated, keys/quota, bytes/quota. */
		for (int word = 0; word < 2; word++) {
			colon++;
			colon += strspn(colon, " ");
			colon += strcspn(colon, " ");
		}
		number = colon + strspn(colon, " ");
		number[strcspn(number, " \n")] = '\0';
		slash = strchr(number, '/');
		if (!slash)
			continue;
		*slash = '\0';
		if (sf_text_u32(number, 0, UINT32_MAX, &used) &&
		    sf_text_u32(slash + 1, 0, UINT32_MAX, &most))
			is_found = sf_message_add(ret, SF_MESSAGE_DOCTOR_QUOTA,
			    SF_WITH({"used", SF_NUMBER(used)}, {"most", SF_NUMBER(most)}));
	}
	if (!is_found)
		sf_text_add(ret, sf_message_row(SF_MESSAGE_DOCTOR_QUOTA_UNKNOWN));
	if (file)
		(void)fclose(file);
}

/*
 * The rest of a key's life from its line in /proc/keys, "3e2fa1c0 I--Q---     2  59s 3f0b0000 ...":
 * "59s", or "perm" for a key without a timeout. "" if the line is not visible (proc_keys(5)).
 */
static void find_life(long key, char ret[static SF_LIFE_SIZE])
{
	char line[512], id[16];
	struct sf_text id_text = SF_TEXT(id), text = sf_text_over(ret, SF_LIFE_SIZE);
	FILE *file = fopen("/proc/keys", "re");

	sf_text_addf(&id_text, "%08lx ", key);
	while (file && fgets(line, sizeof(line), file)) {
		const char *word = line;

		if (!sf_text_starts(line, id))
			continue;
		for (int i = 0; i < 3; i++) {
			word += strcspn(word, " ");
			word += strspn(word, " ");
		}
		sf_text_add_bytes(&text, word, strcspn(word, " "));
	}
	if (file)
		(void)fclose(file);
}

/*
 * Make a key in the way a token is kept. Does the kernel take it, can other programs of the user
 * find it, and does it expire?
 */
static void check_kernel(struct sf_doctor *d)
{
	char name[64], life[SF_LIFE_SIZE] = "", quota[128] = "";
	struct sf_text name_text = SF_TEXT(name), quota_text = SF_TEXT(quota);
	long key = SF_KEYCTL_NONE;
	bool is_seen = false;
	int why;

	if (d->org && !d->org->is_kernel_cache) {
		sf_doctor_skip(d, "kernel", NULL, SF_MESSAGE_DOCTOR_SETTING,
		    SF_WITH({"key", "kernel_cache"}, {"value", "no"}));
		return;
	}
	sf_text_addf(&name_text, "sfoauth:doctor:%u", (unsigned)getpid());
	errno = 0;
	key = sf_keyctl_make(name, "x", 1, SF_LIFE_S);
	/* find_quota() overwrites errno. */
	why = errno;
	find_quota(&quota_text);
	if (key == SF_KEYCTL_NONE) {
		const char *words = why != 0
					? strerrordesc_np(why)
					: sf_message_row(SF_MESSAGE_DOCTOR_KERNEL_NOT_AS_ASKED);

		sf_doctor_fail(d, SF_FINDING_KERNEL, SF_MESSAGE_DOCTOR_KERNEL_REFUSES,
		    SF_WITH({"why", words}, {"quota", quota}));
		return;
	}
	is_seen = sf_keyctl_link(key) && sf_keyctl_find(name) == key;
	find_life(key, life);
	/* Whatever was found, the test key does not stay. */
	(void)sf_keyctl_unlink(key);
	sf_keyctl_forget(key);
	if (!is_seen)
		sf_doctor_fail(d, SF_FINDING_KERNEL, SF_MESSAGE_DOCTOR_KERNEL_UNSEEN,
		    SF_WITH({"quota", quota}));
	else if (strcmp(life, "perm") == 0)
		sf_doctor_fail(
		    d, SF_FINDING_KERNEL_TIMEOUT, SF_MESSAGE_DOCTOR_KERNEL_ENDLESS, NULL);
	else if (life[0] != '\0')
		sf_doctor_ok(d, "kernel", SF_MESSAGE_DOCTOR_KERNEL, SF_WITH({"quota", quota}));
	else
		sf_doctor_ok(
		    d, "kernel", SF_MESSAGE_DOCTOR_KERNEL_NO_LIFE, SF_WITH({"quota", quota}));
}

void sf_doctor_keyrings(struct sf_doctor *d)
{
	check_desktop(d);
	check_kernel(d);
}
