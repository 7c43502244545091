#include "keyring_bus.h"

#include <string.h>

#include "attr.h"
#include "text.h"
#include "token.h"

#include "banned.h"

void sf_keyring_variant_unrefp(GVariant **variant)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): the macro means the size of the pointer */
	g_clear_pointer(variant, g_variant_unref);
}

GVariant *sf_keyring_bus_send(
    GDBusConnection *bus, const struct sf_keyring_message *message, GError **error)
{
	return g_dbus_connection_call_sync(bus, "org.freedesktop.secrets", message->path,
	    message->interface, message->method, message->arguments,
	    G_VARIANT_TYPE(message->answer), G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, error);
}

enum sf_keyring_state sf_keyring_bus_state(GDBusConnection *bus, GError **error)
{
	const struct sf_keyring_message read_alias = {
	    .path = SF_KEYRING_PATH,
	    .interface = SF_KEYRING_INTERFACE,
	    .method = "ReadAlias",
	    .arguments = g_variant_new("(s)", "default"),
	    .answer = "(o)",
	};
	SF_CLEANUP(sf_keyring_variant_unrefp)
	GVariant *alias = sf_keyring_bus_send(bus, &read_alias, error);
	SF_CLEANUP(sf_keyring_variant_unrefp) GVariant *locked = NULL;
	SF_CLEANUP(sf_keyring_variant_unrefp) GVariant *value = NULL;
	struct sf_keyring_message get = {
	    .interface = "org.freedesktop.DBus.Properties", .method = "Get", .answer = "(v)"};

	if (!alias)
		return SF_KEYRING_GONE;
	g_variant_get(alias, "(&o)", &get.path);
	if (strcmp(get.path, "/") == 0)
		return SF_KEYRING_NONE;
	get.arguments = g_variant_new("(ss)", "org.freedesktop.Secret.Collection", "Locked");
	locked = sf_keyring_bus_send(bus, &get, error);
	if (!locked)
		return SF_KEYRING_GONE;
	g_variant_get(locked, "(v)", &value);
	/* What is no boolean is not taken for open. */
	return g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN) && !g_variant_get_boolean(value)
		   ? SF_KEYRING_OPEN
		   : SF_KEYRING_LOCKED;
}

/* --- items --- */

static void hash_unrefp(GHashTable **table)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): the macro means the size of the pointer */
	g_clear_pointer(table, g_hash_table_unref);
}

static void itemp(struct sf_keyring_item **item)
{
	sf_keyring_item_free(*item);
	*item = NULL;
}

void sf_keyring_item_free(gpointer item)
{
	struct sf_keyring_item *own = item;

	if (!own)
		return;
	hash_unrefp(&own->attributes);
	g_free(own->path);
	g_free(own);
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

static GVariant *attributes_argument(GHashTable *attributes)
{
	GVariantBuilder builder;
	GHashTableIter iter;
	gpointer key = NULL, value = NULL;

	g_variant_builder_init(&builder, G_VARIANT_TYPE("a{ss}"));
	g_hash_table_iter_init(&iter, attributes);
	while (g_hash_table_iter_next(&iter, &key, &value))
		g_variant_builder_add(&builder, "{ss}", (const gchar *)key, (const gchar *)value);
	return g_variant_new("(a{ss})", &builder);
}

/* *ret_item stays NULL where the item has gone meanwhile, or is none by its properties. */
static void read_item(
    GDBusConnection *bus, const gchar *path, bool is_locked, struct sf_keyring_item **ret_item)
{
	const struct sf_keyring_message get_all = {
	    .path = path,
	    .interface = "org.freedesktop.DBus.Properties",
	    .method = "GetAll",
	    .arguments = g_variant_new("(s)", "org.freedesktop.Secret.Item"),
	    .answer = "(a{sv})",
	};
	SF_CLEANUP(sf_keyring_variant_unrefp)
	GVariant *answer = sf_keyring_bus_send(bus, &get_all, NULL);
	SF_CLEANUP(sf_keyring_variant_unrefp) GVariant *properties = NULL;
	SF_CLEANUP(sf_keyring_variant_unrefp) GVariant *attributes = NULL;
	SF_CLEANUP(itemp) struct sf_keyring_item *item = NULL;
	GVariantIter iter;
	gchar *key = NULL, *value = NULL;

	if (!answer)
		return;
	properties = g_variant_get_child_value(answer, 0);
	attributes = g_variant_lookup_value(properties, "Attributes", G_VARIANT_TYPE("a{ss}"));
	if (!attributes)
		return;
	item = g_new0(struct sf_keyring_item, 1);
	item->path = g_strdup(path);
	item->is_locked = is_locked;
	item->attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	(void)!g_variant_lookup(properties, "Modified", "t", &item->modified);
	g_variant_iter_init(&iter, attributes);
	while (g_variant_iter_next(&iter, "{ss}", &key, &value))
		g_hash_table_insert(item->attributes, key, value);
	*ret_item = SF_TAKE(item);
}

static gint by_age(gconstpointer a, gconstpointer b)
{
	const struct sf_keyring_item *left = a, *right = b;

	return left->modified > right->modified ? -1 : left->modified < right->modified;
}

GList *sf_keyring_bus_search(GDBusConnection *bus, GHashTable *attributes, GError **error)
{
	const struct sf_keyring_message search = {
	    .path = SF_KEYRING_PATH,
	    .interface = SF_KEYRING_INTERFACE,
	    .method = "SearchItems",
	    .arguments = attributes_argument(attributes),
	    .answer = "(aoao)",
	};
	SF_CLEANUP(sf_keyring_variant_unrefp)
	GVariant *answer = sf_keyring_bus_send(bus, &search, error);
	GList *items = NULL;

	for (gsize locked = 0; answer != NULL && locked < 2; locked++) {
		SF_CLEANUP(sf_keyring_variant_unrefp)
		GVariant *paths = g_variant_get_child_value(answer, locked);

		for (gsize i = 0; i < g_variant_n_children(paths); i++) {
			struct sf_keyring_item *item = NULL;
			const gchar *path = NULL;

			g_variant_get_child(paths, i, "&o", &path);
			read_item(bus, path, locked == 1, &item);
			if (item)
				items = g_list_prepend(items, item);
		}
	}
	return g_list_sort(items, by_age);
}
