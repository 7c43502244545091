#include "keyring_bus.h"

#include <string.h>

#include "attr.h"

#include "banned.h"

static void variant_unrefp(GVariant **variant)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): the macro means the size of the pointer */
	g_clear_pointer(variant, g_variant_unref);
}

struct message {
	const char *path, *interface, *method;
	GVariant *arguments; /* floating */
	const char *answer;  /* its type */
};

static GVariant *send_message(GDBusProxy *service, const struct message *message, GError **error)
{
	return g_dbus_connection_call_sync(g_dbus_proxy_get_connection(service),
	    g_dbus_proxy_get_name(service), message->path, message->interface, message->method,
	    message->arguments, G_VARIANT_TYPE(message->answer), G_DBUS_CALL_FLAGS_NONE, G_MAXINT,
	    NULL, error);
}

enum sf_keyring_state sf_keyring_bus_state(GDBusProxy *service, GError **error)
{
	const struct message read_alias = {
	    .path = g_dbus_proxy_get_object_path(service),
	    .interface = "org.freedesktop.Secret.Service",
	    .method = "ReadAlias",
	    .arguments = g_variant_new("(s)", "default"),
	    .answer = "(o)",
	};
	SF_CLEANUP(variant_unrefp) GVariant *alias = send_message(service, &read_alias, error);
	SF_CLEANUP(variant_unrefp) GVariant *locked = NULL;
	SF_CLEANUP(variant_unrefp) GVariant *value = NULL;
	struct message get = {
	    .interface = "org.freedesktop.DBus.Properties", .method = "Get", .answer = "(v)"};

	if (alias == NULL)
		return SF_KEYRING_GONE;
	g_variant_get(alias, "(&o)", &get.path);
	if (strcmp(get.path, "/") == 0)
		return SF_KEYRING_NONE;
	get.arguments = g_variant_new("(ss)", "org.freedesktop.Secret.Collection", "Locked");
	locked = send_message(service, &get, error);
	if (locked == NULL)
		return SF_KEYRING_GONE;
	g_variant_get(locked, "(v)", &value);
	/* What is no boolean is not taken for open. */
	return g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN) && !g_variant_get_boolean(value)
		   ? SF_KEYRING_OPEN
		   : SF_KEYRING_LOCKED;
}
