/*
 * keyring_service against a Secret Service of this test's own, on a bus of its own: what a real
 * gnome-keyring does not do, or not without a display. It encrypts nothing, unlocks without a
 * dialog, and answers for secrets what the test wants.
 */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <gio/gio.h>

#include "attr.h"
#include "keyring_service.h"

#include "banned.h"

#define INSIDE     "SFOAUTH_TEST_INSIDE"
#define SERVICE    "/org/freedesktop/secrets"
#define COLLECTION SERVICE "/collection/one"
#define ITEM       COLLECTION "/1"
#define OTHER_ITEM COLLECTION "/2"

/* --- the provider: a process of its own --- */

static const char interfaces[] =
    "<node>"
    "<interface name='org.freedesktop.Secret.Service'>"
    "<method name='OpenSession'><arg type='s' direction='in'/><arg type='v' direction='in'/>"
    "<arg type='v' direction='out'/><arg type='o' direction='out'/></method>"
    "<method name='SearchItems'><arg type='a{ss}' direction='in'/>"
    "<arg type='ao' direction='out'/><arg type='ao' direction='out'/></method>"
    "<method name='Unlock'><arg type='ao' direction='in'/>"
    "<arg type='ao' direction='out'/><arg type='o' direction='out'/></method>"
    "<method name='ReadAlias'><arg type='s' direction='in'/>"
    "<arg type='o' direction='out'/></method>"
    "<method name='GetSecrets'><arg type='ao' direction='in'/><arg type='o' direction='in'/>"
    "<arg type='a{o(oayays)}' direction='out'/></method>"
    "</interface>"
    "<interface name='org.freedesktop.Secret.Collection'>"
    "<property name='Locked' type='b' access='read'/></interface>"
    "<interface name='org.freedesktop.Secret.Item'>"
    "<property name='Attributes' type='a{ss}' access='read'/>"
    "<property name='Modified' type='t' access='read'/></interface>"
    "</node>";

static bool is_locked = true;

/* The origin that was searched for says whose secret is given. */
static const char *searched_for;

static void search(GDBusMethodInvocation *call, GVariant *arguments)
{
	GVariant *attributes = g_variant_get_child_value(arguments, 0);
	const gchar *const item[] = {ITEM, NULL}, *const none[] = {NULL};
	const gchar *origin = NULL;

	if (g_variant_lookup(attributes, "origin", "&s", &origin))
		searched_for = g_strdup(origin);
	g_dbus_method_invocation_return_value(
	    call, g_variant_new("(^ao^ao)", is_locked ? none : item, is_locked ? item : none));
}

static void give_secrets(GDBusMethodInvocation *call)
{
	GVariantBuilder secrets;

	g_variant_builder_init(&secrets, G_VARIANT_TYPE("a{o(oayays)}"));
	if (!g_str_equal(searched_for, "none"))
		g_variant_builder_add(&secrets, "{o(o@ay@ays)}",
		    g_str_equal(searched_for, "other") ? OTHER_ITEM : ITEM, SERVICE "/session/1",
		    g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, NULL, 0, 1),
		    g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, "abc", 3, 1), "text/plain");
	g_dbus_method_invocation_return_value(call, g_variant_new("(a{o(oayays)})", &secrets));
}

static void on_call(GDBusConnection *bus, const gchar *sender, const gchar *path,
    const gchar *interface, const gchar *method, GVariant *arguments, GDBusMethodInvocation *call,
    gpointer data)
{
	const gchar *algorithm = NULL;

	(void)bus, (void)sender, (void)path, (void)interface, (void)data;
	if (g_str_equal(method, "OpenSession")) {
		g_variant_get_child(arguments, 0, "&s", &algorithm);
		if (g_str_equal(algorithm, "plain"))
			g_dbus_method_invocation_return_value(call,
			    g_variant_new("(vo)", g_variant_new_string(""), SERVICE "/session/1"));
		else
			g_dbus_method_invocation_return_error_literal(
			    call, G_DBUS_ERROR, G_DBUS_ERROR_NOT_SUPPORTED, "only plain");
	} else if (g_str_equal(method, "SearchItems")) {
		search(call, arguments);
	} else if (g_str_equal(method, "Unlock")) {
		is_locked = false;
		g_dbus_method_invocation_return_value(
		    call, g_variant_new("(@aoo)", g_variant_get_child_value(arguments, 0), "/"));
	} else if (g_str_equal(method, "ReadAlias")) {
		g_dbus_method_invocation_return_value(call, g_variant_new("(o)", COLLECTION));
	} else {
		give_secrets(call);
	}
}

static GVariant *on_get(GDBusConnection *bus, const gchar *sender, const gchar *path,
    const gchar *interface, const gchar *property, GError **error, gpointer data)
{
	GVariantBuilder attributes;

	(void)bus, (void)sender, (void)path, (void)interface, (void)error, (void)data;
	if (g_str_equal(property, "Locked"))
		return g_variant_new_boolean(is_locked);
	if (g_str_equal(property, "Modified"))
		return g_variant_new_uint64(7);
	g_variant_builder_init(&attributes, G_VARIANT_TYPE("a{ss}"));
	g_variant_builder_add(&attributes, "{ss}", "user", "ada@acme.example");
	return g_variant_builder_end(&attributes);
}

static void provide(int is_ready)
{
	static const char *const paths[] = {SERVICE, COLLECTION, ITEM};
	static const GDBusInterfaceVTable table = {.method_call = on_call, .get_property = on_get};
	GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(interfaces, NULL);
	GDBusConnection *bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);

	for (size_t i = 0; i < SF_COUNT(paths); i++)
		(void)g_dbus_connection_register_object(
		    bus, paths[i], node->interfaces[i], &table, NULL, NULL, NULL);
	GVariant *answer = g_dbus_connection_call_sync(bus, "org.freedesktop.DBus",
	    "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
	    g_variant_new("(su)", "org.freedesktop.secrets", 4U), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
	    NULL, NULL);
	if (answer && write(is_ready, "y", 1) == 1)
		g_main_loop_run(g_main_loop_new(NULL, FALSE));
	_exit(1);
}

static pid_t provider = -1;

static int start_provider(void **state)
{
	int ends[2];
	char byte;

	(void)state;
	if (pipe(ends) != 0)
		return -1;
	provider = fork();
	if (provider == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		provide(ends[1]);
	}
	(void)close(ends[1]);
	const bool is_ready = provider > 0 && read(ends[0], &byte, 1) == 1;
	(void)close(ends[0]);
	return is_ready ? 0 : -1;
}

static int end_provider(void **state)
{
	(void)state;
	(void)kill(provider, SIGKILL);
	return waitpid(provider, NULL, 0) == provider ? 0 : -1;
}

/* --- the tests --- */

static struct sf_keyring_service *service; /* is made once, as in the program */

static GList *search_for(const char *origin)
{
	GHashTable *attributes = g_hash_table_new(g_str_hash, g_str_equal);
	GError *error = NULL;

	g_hash_table_insert(
	    attributes, (gpointer)(uintptr_t) "origin", (gpointer)(uintptr_t)origin);
	GList *items = sf_keyring_service_search(service, attributes, &error);
	g_hash_table_unref(attributes);
	assert_null(error);
	assert_int_equal(g_list_length(items), 1);
	return items;
}

/* The secret of the item that a search for origin finds; the caller's. */
static struct sf_secret *secret_after(const char *origin, size_t max, GError **error)
{
	GList *items = search_for(origin);
	struct sf_secret *secret = sf_keyring_service_secret(service, items->data, max, error);

	sf_keyring_item_list_freep(&items);
	return secret;
}

static void a_locked_collection_is_unlocked(void **state)
{
	GError *error = NULL;
	GList *items = NULL;

	(void)state;
	service = sf_keyring_service_open(&error);
	assert_non_null(service);
	assert_int_equal(sf_keyring_service_state(service, &error), SF_KEYRING_LOCKED);
	items = search_for("ours");
	assert_true(((struct sf_keyring_item *)items->data)->is_locked);
	sf_keyring_item_list_freep(&items);
	assert_true(sf_keyring_service_unlock(service, NULL, /* may_prompt= */ true, &error));
	assert_null(error);
	assert_int_equal(sf_keyring_service_state(service, &error), SF_KEYRING_OPEN);
	items = search_for("ours");
	assert_false(((struct sf_keyring_item *)items->data)->is_locked);
	assert_string_equal(sf_keyring_item_user(items->data), "ada@acme.example");
	sf_keyring_item_list_freep(&items);
}

static void a_service_that_knows_only_plain_sessions_gives_the_secret(void **state)
{
	GError *error = NULL;
	struct sf_secret *secret = secret_after("ours", 3, &error);

	(void)state;
	assert_non_null(secret);
	assert_string_equal(sf_secret_reveal(secret), "abc");
	assert_int_equal(sf_secret_len(secret), 3);
	(void)sf_secret_free(secret);
}

static void a_secret_that_is_too_long_comes_back_empty(void **state)
{
	GError *error = NULL;
	struct sf_secret *secret = secret_after("ours", 2, &error);

	(void)state;
	assert_non_null(secret);
	assert_int_equal(sf_secret_len(secret), 0);
	(void)sf_secret_free(secret);
}

static void no_secret_is_an_error(void **state)
{
	GError *error = NULL;

	(void)state;
	assert_null(secret_after("none", 3, &error));
	assert_non_null(error);
	g_clear_error(&error);
}

static void the_secret_of_another_item_is_an_error(void **state)
{
	GError *error = NULL;

	(void)state;
	assert_null(secret_after("other", 3, &error));
	assert_non_null(error);
	g_clear_error(&error);
}

static void a_service_that_has_gone_is_gone(void **state)
{
	GError *error = NULL;

	(void)state;
	assert_int_equal(end_provider(NULL), 0);
	assert_int_equal(sf_keyring_service_state(service, &error), SF_KEYRING_GONE);
	assert_non_null(error);
	g_clear_error(&error);
}

static void a_bus_is_needed(void **state)
{
	(void)state;
	print_message("needs dbus-run-session\n");
	skip();
}

/* A bus that starts nothing by itself: without service directories. */
static void run_inside(const char *self)
{
	static const char script[] =
	    "config=$(mktemp) && trap 'rm -f \"$config\"' EXIT &&"
	    " printf '<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>"
	    "<policy context=\"default\"><allow send_destination=\"*\"/>"
	    "<allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>' >\"$config\" &&"
	    " dbus-run-session --config-file=\"$config\" -- \"$0\"";
	const char *const argv[] = {"/bin/sh", "-c", script, self, NULL};
	const char *const environment[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", INSIDE "=1",
	    "HOME=/nonexistent", "CMOCKA_MESSAGE_OUTPUT=TAP", NULL};

	execve(argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)environment);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest none[] = {cmocka_unit_test(a_bus_is_needed)};
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_locked_collection_is_unlocked),
	    cmocka_unit_test(a_service_that_knows_only_plain_sessions_gives_the_secret),
	    cmocka_unit_test(a_secret_that_is_too_long_comes_back_empty),
	    cmocka_unit_test(no_secret_is_an_error),
	    cmocka_unit_test(the_secret_of_another_item_is_an_error),
	    cmocka_unit_test(a_service_that_has_gone_is_gone),
	};

	(void)argc;
	if (secure_getenv(INSIDE))
		return cmocka_run_group_tests(tests, start_provider, NULL);
	if (access("/usr/bin/dbus-run-session", X_OK) == 0)
		run_inside(argv[0]);
	return cmocka_run_group_tests(none, NULL, NULL);
}
