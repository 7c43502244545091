/*
 * The Secret Service of the session, through libsecret. Only keyring_service.c includes libsecret.
 * Items are identified by their D-Bus paths: a libsecret proxy for each item would load all
 * properties and watch them.
 *
 * No call has a deadline, and none is cancelled: see keyring.c. A function that fails sets *error.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "keyring_item.h"
#include "secret.h"

/*
 * The service and its session, for the life of the process. There is no close function: the bus
 * drops a process that ends, without a message.
 */
struct sf_keyring_service; /* opaque */

/*
 * Connect to the session bus; call once. NULL: there is no bus. Succeeds even if there is no Secret
 * Service: then the first call fails.
 */
struct sf_keyring_service *sf_keyring_service_open(GError **error);

enum sf_keyring_state {
	SF_KEYRING_GONE, /* no reply; *error has the reason */
	SF_KEYRING_NONE, /* there is no default collection */
	SF_KEYRING_OPEN,
	SF_KEYRING_LOCKED
};

/* The state of the default collection. Opens no dialog, with any implementation of the service. */
enum sf_keyring_state sf_keyring_service_state(struct sf_keyring_service *service, GError **error);

/*
 * Unlock the default collection (item NULL) or one item. Some services unlock without a dialog:
 * KWallet calls an open wallet locked until a program asks. The dialog is opened only if may_prompt
 * is set; then this waits for the person. False: it is still locked.
 */
bool sf_keyring_service_unlock(struct sf_keyring_service *service,
    const struct sf_keyring_item *item, bool may_prompt, GError **error);

/*
 * All items with these attributes, of any schema, the most recently changed first. Free the list
 * with sf_keyring_item_list_freep. NULL without an error: no item.
 */
GList *sf_keyring_service_search(
    struct sf_keyring_service *service, GHashTable *attributes, GError **error);

/*
 * The secret of an unlocked item; the caller frees it. A secret longer than max bytes is returned
 * empty. NULL: the service returned no secret, or it cannot be decrypted.
 */
struct sf_secret *sf_keyring_service_secret(struct sf_keyring_service *service,
    const struct sf_keyring_item *item, size_t max, GError **error);

/*
 * Replace the secret of an item. KeePassXC asks the person before it replaces a whole item, but not
 * for this.
 */
bool sf_keyring_service_set_secret(struct sf_keyring_service *service,
    const struct sf_keyring_item *item, const struct sf_secret *secret, GError **error);

/* Is the item in the default collection? */
bool sf_keyring_service_is_in_default(
    struct sf_keyring_service *service, const struct sf_keyring_item *item);

/*
 * Store an item in the default collection; it replaces an item with the same attributes. If there
 * is no default collection, the service creates one and opens a dialog for its password.
 */
bool sf_keyring_service_store(struct sf_keyring_service *service, GHashTable *attributes,
    const char *label, const struct sf_secret *secret, GError **error);

/*
 * Delete an item. The service may open a dialog first. False without an error: the person dismissed
 * it.
 */
bool sf_keyring_service_delete(
    struct sf_keyring_service *service, const struct sf_keyring_item *item, GError **error);

/* Does the error mean that the collection is locked? */
bool sf_keyring_service_is_locked_error(const GError *error);
