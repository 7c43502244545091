/*
 * An item of the desktop keyring: reads its properties from the service's reply and compares them.
 * Does not read its secret.
 */
#include "keyring_item.h"

#include <string.h>

#include "attr.h"
#include "text.h"
#include "token.h"

#include "banned.h"

static void variant_unrefp(GVariant **variant)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): the macro means the size of the pointer */
	g_clear_pointer(variant, g_variant_unref);
}

struct sf_keyring_item *sf_keyring_item_new(const gchar *path, GVariant *properties, bool is_locked)
{
	SF_CLEANUP(variant_unrefp)
	GVariant *attributes =
	    g_variant_lookup_value(properties, "Attributes", G_VARIANT_TYPE("a{ss}"));
	gchar *key = NULL, *value = NULL;
	GVariantIter iter;

	if (!attributes)
		return NULL;
	struct sf_keyring_item *item = g_new0(struct sf_keyring_item, 1);
	item->path = g_strdup(path);
	item->is_locked = is_locked;
	item->attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	(void)!g_variant_lookup(properties, "Modified", "t", &item->modified);
	g_variant_iter_init(&iter, attributes);
	while (g_variant_iter_next(&iter, "{ss}", &key, &value))
		g_hash_table_insert(item->attributes, key, value);
	return item;
}

void sf_keyring_item_free(gpointer item)
{
	struct sf_keyring_item *of = item;

	if (!of)
		return;
	g_free(of->path);
	g_hash_table_unref(of->attributes);
	g_free(of);
}

void sf_keyring_item_list_freep(GList **items)
{
	g_list_free_full(*items, sf_keyring_item_free);
	*items = NULL;
}

bool sf_keyring_item_has(const struct sf_keyring_item *item, const char *name, const char *value)
{
	return g_strcmp0(g_hash_table_lookup(item->attributes, name), value) == 0;
}

const char *sf_keyring_item_user(const struct sf_keyring_item *item)
{
	const char *user = g_hash_table_lookup(item->attributes, "user");
	const size_t len = !user ? 0 : strlen(user);

	return len > 0 && len < SF_TOKEN_USERNAME_SIZE && sf_text_is_clean(user, len) ? user : NULL;
}

gint sf_keyring_item_compare(gconstpointer a, gconstpointer b)
{
	const struct sf_keyring_item *left = a, *right = b;

	return left->modified > right->modified ? -1 : left->modified < right->modified;
}

bool sf_keyring_item_has_any(const struct sf_keyring_item *item, const char *name)
{
	return g_hash_table_lookup(item->attributes, name) != NULL;
}
