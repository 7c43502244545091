/*
 * An item of the desktop keyring as the service describes it: its path and properties, not its
 * secret.
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
 * From the properties of the item (a{sv}). NULL: they have no attributes, so that it is no item, or
 * no longer one.
 */
struct sf_keyring_item *sf_keyring_item_new(
    const gchar *path, GVariant *properties, bool is_locked);
void sf_keyring_item_free(gpointer item);       /* of a list */
void sf_keyring_item_list_freep(GList **items); /* for SF_CLEANUP */

bool sf_keyring_item_has(const struct sf_keyring_item *item, const char *name, const char *value);
/* The user attribute if it can be a username of Salesforce, else NULL. */
const char *sf_keyring_item_user(const struct sf_keyring_item *item);
/* Orders a list: the most recently changed item first. */
gint sf_keyring_item_compare(gconstpointer a, gconstpointer b);
