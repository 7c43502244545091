/*
 * The Secret Service of the session, through libsecret: the one file that knows libsecret is
 * keyring_service.c. Items are named by their D-Bus paths: a proxy of libsecret for each item would
 * ask for all of its properties and watch them.
 *
 * No call has a deadline of its own, and none is ever cancelled: see keyring.c. Where a function
 * fails, *error says why.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "keyring_item.h"
#include "secret.h"

/*
 * The service and its session, for as long as the process lives. There is no close: the bus forgets
 * a process that ends, which costs no message.
 */
struct sf_keyring_service; /* opaque */

/* NULL: there is no session bus. Succeeds without a Secret Service: then the first call fails. */
struct sf_keyring_service *sf_keyring_service_open(GError **error);

enum sf_keyring_state {
	SF_KEYRING_GONE, /* no answer; *error says why */
	SF_KEYRING_NONE, /* there is no default collection */
	SF_KEYRING_OPEN,
	SF_KEYRING_LOCKED
};

/* The state of the default collection. Neither searches nor prompts, with any provider. */
enum sf_keyring_state sf_keyring_service_state(struct sf_keyring_service *service, GError **error);

/* Show the dialog that unlocks the default collection. False: it is still locked. */
bool sf_keyring_service_unlock(struct sf_keyring_service *service, GError **error);

/*
 * All items that the service finds by these attributes, whatever their schema, the most recently
 * changed first. The list is the caller's. NULL without an error: none.
 */
GList *sf_keyring_service_search(
    struct sf_keyring_service *service, GHashTable *attributes, GError **error);

/*
 * The secret of an unlocked item, the caller's. A secret of more than max bytes comes back empty.
 * NULL: the service gave none, or it cannot be decrypted.
 */
struct sf_secret *sf_keyring_service_secret(struct sf_keyring_service *service,
    const struct sf_keyring_item *item, size_t max, GError **error);

/*
 * Store an item in the default collection, in place of an item with the same attributes. Without a
 * default collection, the service makes one and asks for its password.
 */
bool sf_keyring_service_store(struct sf_keyring_service *service, GHashTable *attributes,
    const char *label, const struct sf_secret *secret, GError **error);

/* The service may show a dialog before it deletes. */
bool sf_keyring_service_delete(
    struct sf_keyring_service *service, const struct sf_keyring_item *item, GError **error);

/* Did the service refuse because the collection is locked? */
bool sf_keyring_service_is_locked_error(const GError *error);
