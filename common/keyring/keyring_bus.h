/*
 * What is asked of the Secret Service in one message each. A proxy of libsecret would ask for all
 * properties of its object, and watch them, which costs a person's git a millisecond.
 */
#pragma once

#include <stdbool.h>

#include <gio/gio.h>

#define SF_KEYRING_PATH      "/org/freedesktop/secrets"
#define SF_KEYRING_INTERFACE "org.freedesktop.Secret.Service"

void sf_keyring_variant_unrefp(GVariant **variant); /* for SF_CLEANUP */

struct sf_keyring_message {
	const char *path, *interface, *method;
	GVariant *arguments; /* floating */
	const char *answer;  /* its type */
};
/* Send and wait, for ever. The answer is the caller's; NULL: error says why. */
GVariant *sf_keyring_bus_send(
    GDBusConnection *bus, const struct sf_keyring_message *message, GError **error);

enum sf_keyring_state {
	SF_KEYRING_GONE, /* no answer; error says why */
	SF_KEYRING_NONE, /* there is no default collection */
	SF_KEYRING_OPEN,
	SF_KEYRING_LOCKED
};

/*
 * What the default collection is. Neither searches nor prompts, with any provider; may
 * take for ever.
 */
enum sf_keyring_state sf_keyring_bus_state(GDBusConnection *bus, GError **error);

struct sf_keyring_item {
	gchar *path;
	GHashTable *attributes; /* text -> text */
	guint64 modified;       /* s since the epoch */
	bool is_locked;
};
void sf_keyring_item_free(gpointer item);
bool sf_keyring_item_has(const struct sf_keyring_item *item, const char *name, const char *value);
/* The user attribute, if it can be one of ours; else NULL. */
const char *sf_keyring_item_user(const struct sf_keyring_item *item);

/*
 * All items that the service finds by these attributes, the most recently changed first. The list
 * and its items are the caller's. NULL without an error: none.
 */
GList *sf_keyring_bus_search(GDBusConnection *bus, GHashTable *attributes, GError **error);
