/* Keys of type `user` by raw system calls: libkeyutils is not linked. */
#include "keyctl.h"

#include <linux/keyctl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "secret.h"
#include "text.h"

#include "banned.h"

#define KEY_TYPE  "user"
#define KEYS_MAX  1024 /* keys of the user keyring that are listed; the quota is 200 */
#define LINE_SIZE 1024 /* of the kernel's description of a key; sfoauth's are shorter */

/*
 * The possessor has all permissions; the same user may view, read and search. With the kernel's
 * default, a process in another session would find the key but could not read it.
 */
#define PERMISSION 0x3f0b0000UL

void sf_keyctl_payload_wipe(struct sf_keyctl_payload *payload)
{
	sf_secret_wipe(payload, sizeof(*payload));
}

long sf_keyctl_find(const char *name)
{
	return syscall(SYS_keyctl, KEYCTL_SEARCH, (long)KEY_SPEC_USER_KEYRING, KEY_TYPE, name, 0L);
}

bool sf_keyctl_read(long key, struct sf_keyctl_payload *ret_payload)
{
	struct sf_keyctl_payload *payload = ret_payload;
	long len = syscall(SYS_keyctl, KEYCTL_READ, key, payload->bytes, sizeof(payload->bytes));

	/* The kernel returns the length of the payload, even if it does not fit. */
	payload->len = len > 0 && (size_t)len <= sizeof(payload->bytes) ? (size_t)len : 0;
	return payload->len > 0;
}

/* Whether the key can be read back and has these bytes. */
static bool has_payload(long key, const char *bytes, size_t len)
{
	SF_CLEANUP(sf_keyctl_payload_wipe) struct sf_keyctl_payload payload;

	return sf_keyctl_read(key, &payload) && payload.len == len &&
	       memcmp(payload.bytes, bytes, len) == 0;
}

long sf_keyctl_make(const char *name, const char *bytes, size_t len, uint32_t life_s)
{
	long key = syscall(SYS_add_key, KEY_TYPE, name, bytes, len, (long)KEY_SPEC_PROCESS_KEYRING);

	if (key <= 0)
		return SF_KEYCTL_NONE;
	if (syscall(SYS_keyctl, KEYCTL_SETPERM, key, PERMISSION) == 0 &&
	    syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, key, (unsigned long)life_s) == 0 &&
	    has_payload(key, bytes, len))
		return key;
	sf_keyctl_forget(key);
	return SF_KEYCTL_NONE;
}

bool sf_keyctl_update(long key, const char *bytes, size_t len, uint32_t life_s)
{
	return syscall(SYS_keyctl, KEYCTL_UPDATE, key, bytes, len) == 0 &&
	       syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, key, (unsigned long)life_s) == 0;
}

bool sf_keyctl_link(long key)
{
	return syscall(SYS_keyctl, KEYCTL_LINK, key, (long)KEY_SPEC_USER_KEYRING) == 0;
}

void sf_keyctl_forget(long key)
{
	syscall(SYS_keyctl, KEYCTL_UNLINK, key, (long)KEY_SPEC_PROCESS_KEYRING);
}

bool sf_keyctl_unlink(long key)
{
	return syscall(SYS_keyctl, KEYCTL_UNLINK, key, (long)KEY_SPEC_USER_KEYRING) == 0;
}

/*
 * Copy the rest of a key's name after prefix. The kernel describes a key as
 * "type;uid;gid;permission;name". False: another type or name, or it is too long.
 */
static bool read_user(long key, const char *prefix, char ret_user[static SF_TOKEN_USERNAME_SIZE])
{
	char line[LINE_SIZE];
	const char *name = line;
	long len = syscall(SYS_keyctl, KEYCTL_DESCRIBE, key, line, sizeof(line));

	if (len <= 0 || (size_t)len > sizeof(line) || !sf_text_starts(line, KEY_TYPE ";"))
		return false;
	for (int i = 0; i < 4; i++) {
		name = strchr(name, ';');
		if (!name)
			return false;
		name++;
	}
	return sf_text_starts(name, prefix) &&
	       sf_text_copy(ret_user, SF_TOKEN_USERNAME_SIZE, name + strlen(prefix));
}

size_t sf_keyctl_list(const char *prefix, char (*ret_users)[SF_TOKEN_USERNAME_SIZE], size_t max)
{
	int32_t keys[KEYS_MAX];
	size_t count = 0;
	long len =
	    syscall(SYS_keyctl, KEYCTL_READ, (long)KEY_SPEC_USER_KEYRING, keys, sizeof(keys));

	if (len <= 0)
		return 0;
	/* The kernel returns the length of the keyring, even if it does not fit. */
	if ((size_t)len > sizeof(keys))
		len = sizeof(keys);
	for (size_t i = 0; i < (size_t)len / sizeof(keys[0]) && count < max; i++)
		count += read_user(keys[i], prefix, ret_users[count]);
	return count;
}
