/*
 * An item of the desktop keyring as the service describes it: D-Bus path and properties, without
 * the secret.
 */
#pragma once

#include <stdbool.h>

#include <glib.h>

struct sf_keyring_item {
	gchar *path;
	GHashTable *attributes; /* text -> text */
	guint64 modified;       /* s since the epoch */
	bool is_locked;
};

/*
 * Build an item from its properties (a{sv}); the caller frees it. NULL: the properties have no
 * attributes, so the path is not an item, or the item is deleted. Ends the process if there is no
 * memory, as all of GLib does.
 */
struct sf_keyring_item *sf_keyring_item_new(
    const gchar *path, GVariant *properties, bool is_locked);
void sf_keyring_item_free(gpointer item);       /* NULL is fine; for g_list_free_full */
void sf_keyring_item_list_freep(GList **items); /* for SF_CLEANUP */

/* Does the item have the attribute name with exactly this value? */
bool sf_keyring_item_has(const struct sf_keyring_item *item, const char *name, const char *value);
/* Does the item have the attribute name, with any value? */
bool sf_keyring_item_has_any(const struct sf_keyring_item *item, const char *name);
/*
 * The attribute "user" if it is clean UTF-8 of 1 to SF_TOKEN_USERNAME_SIZE - 1 bytes, else NULL:
 * any program of the session can write it. Borrowed from the item.
 */
const char *sf_keyring_item_user(const struct sf_keyring_item *item);
/* For g_list_sort: the most recently changed item first. */
gint sf_keyring_item_compare(gconstpointer a, gconstpointer b);
