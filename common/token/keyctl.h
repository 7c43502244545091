/*
 * Keys of type `user` in the user keyring of the kernel (keyrings(7)), by raw system calls. A key
 * is never updated in place, because that clears its time-out: a new key is made in the process
 * keyring with permission 0x3f0b0000 and a time-out, read back, and linked into the user keyring,
 * where it replaces a key of the same name. Every process of the same user can read these keys.
 * They do not survive a restart.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "token.h"

/*
 * What the names of pending tokens begin with, and how long they live: tokens whose refresh token
 * Salesforce has just issued and the desktop keyring does not have yet.
 */
#define SF_KEYCTL_PENDING        "sfoauth:parked:"
#define SF_KEYCTL_PENDING_LIFE_S (30 * 24 * 3600)

/* Serial numbers are positive. Functions below return a number that is not on failure. */
#define SF_KEYCTL_NONE 0L

/* The payload of a key. */
struct sf_keyctl_payload {
	char bytes[SF_TOKEN_STORED_MAX];
	size_t len;
};
void sf_keyctl_payload_wipe(struct sf_keyctl_payload *payload); /* for SF_CLEANUP */

/* Find a key in the user keyring by name. Not positive: there is none, or it must not be seen. */
long sf_keyctl_find(const char *name);
/* Read a key. False: it is removed, expired, unreadable, empty or longer than a stored token. */
SF_CHECKED bool sf_keyctl_read(long key, struct sf_keyctl_payload *ret_payload);

/*
 * Make a key in the process keyring, which no other process sees yet. life_s is in seconds and not
 * 0. SF_KEYCTL_NONE: the kernel refuses (quota, permissions, no keyrings here), and no key remains.
 */
long sf_keyctl_make(const char *name, const char *bytes, size_t len, uint32_t life_s);
/*
 * Replace the payload of a key of this process, and begin a new life of life_s: the kernel forgets
 * the old time-out with the old payload. The worker's sandbox allows this, and sf_keyctl_link, for
 * one key, and nothing else of this file.
 */
SF_CHECKED bool sf_keyctl_update(long key, const char *bytes, size_t len, uint32_t life_s);
/* Link the key into the user keyring, where the user's other processes see it. */
SF_CHECKED bool sf_keyctl_link(long key);
/* Unlink the key from the process keyring. It disappears unless the user keyring has it. */
void sf_keyctl_forget(long key);
/* Unlink the key from the user keyring. False: it is not there, or this is not permitted. */
bool sf_keyctl_unlink(long key);

/*
 * List the names in the user keyring that begin with prefix, without the prefix. Returns their
 * number, at most max. A name that is too long for a username is skipped.
 */
size_t sf_keyctl_list(const char *prefix, char (*ret_users)[SF_TOKEN_USERNAME_SIZE], size_t max);
