/*
 * The Secret Service through libsecret, which does session, key agreement and encryption. libsecret
 * reads properties (of an item, the lock of a collection) only through a proxy for each object, so
 * this file sends those messages itself, on libsecret's connection.
 */
#include "keyring_service.h"

#include <string.h>

/* libsecret declares its functions for D-Bus paths only with this macro: they may change. */
#define SECRET_API_SUBJECT_TO_CHANGE 1
#include <libsecret/secret.h>

#include "attr.h"

#include "banned.h"

#define COLLECTION_INTERFACE "org.freedesktop.Secret.Collection"
#define ITEM_INTERFACE       "org.freedesktop.Secret.Item"
#define SERVICE_INTERFACE    "org.freedesktop.Secret.Service"

/* The name is stored in each item but never searched for: see keyring.c. */
static const SecretSchema schema = {
    .name = "com.github.sfoauth.Token",
    .flags = SECRET_SCHEMA_DONT_MATCH_NAME,
    .attributes =
	{
	    {"application", SECRET_SCHEMA_ATTRIBUTE_STRING},
	    {"origin", SECRET_SCHEMA_ATTRIBUTE_STRING},
	    {"user", SECRET_SCHEMA_ATTRIBUTE_STRING},
	    {"app", SECRET_SCHEMA_ATTRIBUTE_STRING},
	},
};

struct sf_keyring_service {
	SecretService *proxy;
};

/*
 * Construct a SecretService without D-Bus traffic. libsecret's own constructor overrides the flags:
 * it starts the service, loads its properties (with a deadline of 25 s) and watches its signals.
 * Nothing here uses these, and they cost 5 % of the time of a look-up.
 */
static GObject *construct_quiet(GType type, guint count, GObjectConstructParam *properties)
{
	GObjectClass *libsecret = G_OBJECT_CLASS(g_type_class_peek(SECRET_TYPE_SERVICE));
	GObject *object = libsecret->constructor(type, count, properties);

	g_object_set(object, "g-flags",
	    G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS |
		G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START_AT_CONSTRUCTION,
	    NULL);
	return object;
}

static void init_quiet_class(gpointer class, gpointer data)
{
	(void)data;
	G_OBJECT_CLASS(class)->constructor = construct_quiet;
}

/* Register the subclass of SecretService with construct_quiet. Call once. */
static GType register_quiet_service(void)
{
	return g_type_register_static_simple(SECRET_TYPE_SERVICE, "SfQuietService",
	    sizeof(SecretServiceClass), init_quiet_class, sizeof(SecretService), NULL, 0);
}

/* NOLINTBEGIN(bugprone-sizeof-expression): the macro means the size of the pointer */
static void variant_unrefp(GVariant **variant)
{
	g_clear_pointer(variant, g_variant_unref);
}

static void hash_unrefp(GHashTable **table)
{
	g_clear_pointer(table, g_hash_table_unref);
}

static void paths_freep(gchar ***paths)
{
	g_clear_pointer(paths, g_strfreev);
}

static void text_freep(gchar **text)
{
	g_clear_pointer(text, g_free);
}
/* NOLINTEND(bugprone-sizeof-expression) */

static void value_unrefp(SecretValue **value)
{
	if (*value)
		secret_value_unref(*value);
	*value = NULL;
}

struct sf_keyring_service *sf_keyring_service_open(GError **error)
{
	/* Not secret_service_get_sync: its shared instance watches the bus name. */
	SecretService *proxy = secret_service_open_sync(
	    register_quiet_service(), NULL, SECRET_SERVICE_NONE, NULL, error);

	if (!proxy)
		return NULL;
	/* The default timeout of 25 s would end a search while the person types a password. */
	g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(proxy), G_MAXINT);
	struct sf_keyring_service *service = g_new0(struct sf_keyring_service, 1);
	service->proxy = proxy;
	return service;
}

/* A method of an object of the service. */
struct method {
	const char *path;
	const char *interface;
	const char *name;
	const char *reply_type;
};

/* Call a method. The caller frees the reply. */
static GVariant *call_method(struct sf_keyring_service *service, const struct method *method,
    GVariant *arguments, GError **error)
{
	GDBusProxy *proxy = G_DBUS_PROXY(service->proxy);

	return g_dbus_connection_call_sync(g_dbus_proxy_get_connection(proxy),
	    g_dbus_proxy_get_name(proxy), method->path, method->interface, method->name, arguments,
	    G_VARIANT_TYPE(method->reply_type), G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, error);
}

/* Call a method of org.freedesktop.DBus.Properties on an object. The caller frees the reply. */
static GVariant *call_properties(struct sf_keyring_service *service, const char *path,
    const char *name, GVariant *arguments, const char *reply_type, GError **error)
{
	const struct method method = {path, "org.freedesktop.DBus.Properties", name, reply_type};

	return call_method(service, &method, arguments, error);
}

/* The path of the default collection. NULL without an error: there is none. */
static gchar *default_collection(struct sf_keyring_service *service, GError **error)
{
	return secret_service_read_alias_dbus_path_sync(
	    service->proxy, SECRET_COLLECTION_DEFAULT, NULL, error);
}

enum sf_keyring_state sf_keyring_service_state(struct sf_keyring_service *service, GError **error)
{
	GError *own = NULL;
	SF_CLEANUP(text_freep) gchar *path = default_collection(service, &own);
	SF_CLEANUP(variant_unrefp) GVariant *reply = NULL;
	SF_CLEANUP(variant_unrefp) GVariant *locked = NULL;

	if (own) {
		g_propagate_error(error, own);
		return SF_KEYRING_GONE;
	}
	if (!path)
		return SF_KEYRING_NONE;
	reply = call_properties(service, path, "Get",
	    g_variant_new("(ss)", COLLECTION_INTERFACE, "Locked"), "(v)", error);
	if (!reply)
		return SF_KEYRING_GONE;
	g_variant_get(reply, "(v)", &locked);
	/* Fail closed: a value of another type counts as locked. */
	return g_variant_is_of_type(locked, G_VARIANT_TYPE_BOOLEAN) &&
		       !g_variant_get_boolean(locked)
		   ? SF_KEYRING_OPEN
		   : SF_KEYRING_LOCKED;
}

/*
 * Is the collection a wallet that KWallet has open? KWallet calls it locked, and offers a prompt
 * that opens no window, until the first program of the session has asked to unlock it. Other
 * services have no such object and reply with an error at once.
 */
static bool is_open_wallet(struct sf_keyring_service *service, const char *path)
{
	static const char *const objects[] = {"/modules/kwalletd6", "/modules/kwalletd5"};
	const char *name = strrchr(path, '/');

	for (size_t i = 0; name && i < SF_COUNT(objects); i++) {
		const struct method method = {objects[i], "org.kde.KWallet", "isOpen", "(b)"};
		SF_CLEANUP(variant_unrefp)
		GVariant *reply =
		    call_method(service, &method, g_variant_new("(s)", name + 1), NULL);
		gboolean is_open = FALSE;

		if (reply)
			g_variant_get(reply, "(b)", &is_open);
		if (is_open)
			return true;
	}
	return false;
}

bool sf_keyring_service_unlock(struct sf_keyring_service *service,
    const struct sf_keyring_item *item, bool may_prompt, GError **error)
{
	const struct method unlock = {g_dbus_proxy_get_object_path(G_DBUS_PROXY(service->proxy)),
	    SERVICE_INTERFACE, "Unlock", "(aoo)"};
	SF_CLEANUP(text_freep)
	gchar *path = item ? g_strdup(item->path) : default_collection(service, error);
	SF_CLEANUP(variant_unrefp) GVariant *reply = NULL;
	SF_CLEANUP(variant_unrefp) GVariant *unlocked = NULL;
	const gchar *paths[] = {path, NULL};
	const gchar *prompt = NULL;

	if (!path)
		return false;
	reply = call_method(
	    service, &unlock, g_variant_new("(@ao)", g_variant_new_objv(paths, 1)), error);
	if (!reply)
		return false;
	g_variant_get(reply, "(@ao&o)", &unlocked, &prompt);
	if (g_variant_n_children(unlocked) > 0)
		return true;
	if (g_strcmp0(prompt, "/") == 0 || (!may_prompt && !is_open_wallet(service, path)))
		return false;
	variant_unrefp(&unlocked);
	/* NULL without an error: the person dismissed the dialog. */
	unlocked = secret_service_prompt_at_dbus_path_sync(
	    service->proxy, prompt, NULL, G_VARIANT_TYPE("ao"), error);
	return unlocked != NULL && g_variant_n_children(unlocked) > 0;
}

/* Prepend an item for each path. Skips a path whose item is deleted since the search. */
static GList *add_items(
    struct sf_keyring_service *service, GList *items, const gchar *const *paths, bool is_locked)
{
	for (; *paths != NULL; paths++) {
		SF_CLEANUP(variant_unrefp)
		GVariant *reply = call_properties(service, *paths, "GetAll",
		    g_variant_new("(s)", ITEM_INTERFACE), "(a{sv})", NULL);
		SF_CLEANUP(variant_unrefp) GVariant *properties = NULL;
		struct sf_keyring_item *item = NULL;

		if (reply) {
			properties = g_variant_get_child_value(reply, 0);
			item = sf_keyring_item_new(*paths, properties, is_locked);
		}
		if (item)
			items = g_list_prepend(items, item);
	}
	return items;
}

GList *sf_keyring_service_search(
    struct sf_keyring_service *service, GHashTable *attributes, GError **error)
{
	SF_CLEANUP(paths_freep) gchar **unlocked = NULL;
	SF_CLEANUP(paths_freep) gchar **locked = NULL;
	GList *items = NULL;

	if (!secret_service_search_for_dbus_paths_sync(
		service->proxy, NULL, attributes, NULL, &unlocked, &locked, error))
		return NULL;
	items = add_items(service, items, (const gchar *const *)unlocked, /* is_locked= */ false);
	items = add_items(service, items, (const gchar *const *)locked, /* is_locked= */ true);
	return g_list_sort(items, sf_keyring_item_compare);
}

struct sf_secret *sf_keyring_service_secret(struct sf_keyring_service *service,
    const struct sf_keyring_item *item, size_t max, GError **error)
{
	const gchar *paths[] = {item->path, NULL};
	SF_CLEANUP(hash_unrefp) GHashTable *values = NULL;
	gsize len = 0;

	/* The call for one path does not check which item the secret belongs to; this one does. */
	values = secret_service_get_secrets_for_dbus_paths_sync(service->proxy, paths, NULL, error);
	/* Freed with the table; libsecret wipes it. */
	SecretValue *value = !values ? NULL : g_hash_table_lookup(values, item->path);
	if (!value) {
		if (!*error)
			g_set_error_literal(error, SECRET_ERROR, SECRET_ERROR_PROTOCOL,
			    "the keyring returned no readable secret");
		return NULL;
	}
	const gchar *bytes = secret_value_get(value, &len);
	struct sf_secret *secret = len > max ? sf_secret_new(0) : sf_secret_from(bytes, len);
	if (!secret)
		g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "out of memory");
	return secret;
}

bool sf_keyring_service_set_secret(struct sf_keyring_service *service,
    const struct sf_keyring_item *item, const struct sf_secret *secret, GError **error)
{
	const struct method set = {item->path, ITEM_INTERFACE, "SetSecret", "()"};
	SF_CLEANUP(value_unrefp)
	SecretValue *value =
	    secret_value_new(sf_secret_reveal(secret), (gssize)sf_secret_len(secret), "text/plain");
	SF_CLEANUP(variant_unrefp) GVariant *reply = NULL;

	/* libsecret encrypts only if the session is open; after open_sync it may not be. */
	if (!secret_service_ensure_session_sync(service->proxy, NULL, error))
		return false;
	GVariant *encrypted = secret_service_encode_dbus_secret(service->proxy, value);
	reply = call_method(service, &set, g_variant_new("(@(oayays))", encrypted), error);
	return reply != NULL;
}

bool sf_keyring_service_is_in_default(
    struct sf_keyring_service *service, const struct sf_keyring_item *item)
{
	SF_CLEANUP(text_freep) gchar *path = default_collection(service, NULL);
	const size_t len = !path ? 0 : strlen(path);

	return len > 0 && strncmp(item->path, path, len) == 0 && item->path[len] == '/';
}

bool sf_keyring_service_store(struct sf_keyring_service *service, GHashTable *attributes,
    const char *label, const struct sf_secret *secret, GError **error)
{
	/* libsecret copies the secret into locked memory and wipes it when it frees it. */
	SF_CLEANUP(value_unrefp)
	SecretValue *value =
	    secret_value_new(sf_secret_reveal(secret), (gssize)sf_secret_len(secret), "text/plain");

	return secret_service_store_sync(service->proxy, &schema, attributes,
	    SECRET_COLLECTION_DEFAULT, label, value, NULL, error);
}

bool sf_keyring_service_delete(
    struct sf_keyring_service *service, const struct sf_keyring_item *item, GError **error)
{
	return secret_service_delete_item_dbus_path_sync(service->proxy, item->path, NULL, error);
}

bool sf_keyring_service_is_locked_error(const GError *error)
{
	SF_CLEANUP(text_freep) gchar *name = NULL;

	if (!error || g_error_matches(error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
		return error != NULL;
	/* A call that does not go through libsecret's own functions has the service's name. */
	name = g_dbus_error_get_remote_error(error);
	return g_strcmp0(name, "org.freedesktop.Secret.Error.IsLocked") == 0;
}
