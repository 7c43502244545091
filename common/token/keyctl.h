/*
 * Keys of type `user` in the kernel's user keyring, by raw system calls: what is common to all of
 * ours. Never updated in place (that clears the time-out): a key is made in the process keyring
 * with permission 0x3f0b0000 and time-out, read back, then linked into the user keyring, where it
 * takes the place of one of the same name.
 * Every process of the same user can read these keys; they are gone after a restart.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "token.h"

/* A serial number is positive; SF_KEYCTL_NONE and what a failed call returns are not. */
#define SF_KEYCTL_NONE 0L

/* What a key holds. */
struct sf_keyctl_payload {
	char bytes[SF_TOKEN_STORED_MAX];
	size_t len;
};
void sf_keyctl_payload_wipe(struct sf_keyctl_payload *payload); /* for SF_CLEANUP */

/* In the user keyring; not positive where there is none that we may see. */
long sf_keyctl_find(const char *name);
/* False: gone, over, not readable, empty or longer than a stored token. */
SF_CHECKED bool sf_keyctl_read(long key, struct sf_keyctl_payload *ret_payload);

/*
 * A new key that nobody else sees yet. SF_KEYCTL_NONE if the kernel refuses any of it (quota,
 * forbidden, no keyrings here); then nothing is left.
 */
long sf_keyctl_make(const char *name, const char *bytes, size_t len, uint32_t life_s);
/* Into the user keyring, for others to see. */
SF_CHECKED bool sf_keyctl_link(long key);
/* Out of the process keyring: from then on only the user keyring holds it, if anything does. */
void sf_keyctl_forget(long key);
/* Out of the user keyring. False: it was not there, or must not. */
bool sf_keyctl_unlink(long key);

/*
 * The names in the user keyring that begin with prefix, which is left out: how many, at most max.
 * One that is too long for a username is passed over.
 */
size_t sf_keyctl_list(const char *prefix, char (*ret_users)[SF_TOKEN_USERNAME_SIZE], size_t max);
