/*
 * A session with the Secret Service: how secrets cross the bus, by its specification's
 * "dh-ietf1024-sha256-aes128-cbc-pkcs7". libsecret's own takes an exponent of 1,024 bits, and most
 * of the time of a whole look-up; 256 bits are more than the group is worth.
 */
#pragma once

#include <stdbool.h>

#include <gio/gio.h>

#include "secret.h"

#define SF_KEYRING_KEY_SIZE 16 /* AES-128 */

struct sf_keyring_session {
	gchar *path;
	bool is_plain; /* the service knows no other way */
	unsigned char key[SF_KEYRING_KEY_SIZE];
};
void sf_keyring_session_clear(struct sf_keyring_session *session); /* for SF_CLEANUP */

/* False: error says why. */
bool sf_keyring_session_open(
    GDBusConnection *bus, struct sf_keyring_session *ret_session, GError **error);

/*
 * The secret of an item; the caller's. One of more than max bytes comes out empty. NULL: error says
 * why.
 */
struct sf_secret *sf_keyring_session_secret(GDBusConnection *bus,
    const struct sf_keyring_session *session, const char *item, size_t max, GError **error);
