/*
 * sfoauth-keyring: find, store, erase one item in the desktop keyring, for the caller on
 * descriptor 3. All that talks D-Bus.
 *
 * A call to a keyring can hang for ever and must not be cancelled while an unlock dialog is up, so
 * nothing here has a deadline: the caller kills this process at its own.
 * Before anything that could prompt, the collection is asked whether it is locked. Items are
 * searched by our own attributes, without the schema's name (a locked gnome-keyring hides items
 * from a search by name), and the attributes of every hit are compared again.
 */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Items by their paths: libsecret keeps these calls for who accepts that they may change. */
#define SECRET_API_SUBJECT_TO_CHANGE 1
#include <libsecret/secret.h>

#include "attr.h"
#include "clock.h"
#include "err.h"
#include "job.h"
#include "keyring_ask.h"
#include "keyring_bus.h"
#include "keyring_session.h"
#include "origin.h"
#include "secret.h"
#include "text.h"
#include "token.h"
#include "wire.h"

#include "banned.h"

#define SF_ORIGIN_TEXT_SIZE (SF_ORIGIN_SIZE + 32) /* its kind may stand before it */
#define SF_HITS_MAX         16

static const SecretSchema schema = {
    .name = "com.github.sfoauth.Token",
    .flags = SECRET_SCHEMA_DONT_MATCH_NAME,
    .attributes =
	{
	    {"application", SECRET_SCHEMA_ATTRIBUTE_STRING},
	    {"origin", SECRET_SCHEMA_ATTRIBUTE_STRING},
	    {"user", SECRET_SCHEMA_ATTRIBUTE_STRING},
	},
};

/* NOLINTBEGIN(bugprone-sizeof-expression): the macro means the size of the pointer */
static void collection_unrefp(SecretCollection **collection)
{
	g_clear_object(collection);
}

static void hash_unrefp(GHashTable **table)
{
	g_clear_pointer(table, g_hash_table_unref);
}
/* NOLINTEND(bugprone-sizeof-expression) */

static void error_freep(GError **error)
{
	g_clear_error(error);
}

static void value_unrefp(SecretValue **value)
{
	if (*value)
		secret_value_unref(*value);
	*value = NULL;
}

static void unlocked_freep(GList **unlocked)
{
	g_list_free_full(*unlocked, g_object_unref);
	*unlocked = NULL;
}

static void items_freep(GList **items)
{
	g_list_free_full(*items, sf_keyring_item_free);
	*items = NULL;
}

static GHashTable *attributes_of(const struct sf_keyring_ask *ask)
{
	GHashTable *attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	g_hash_table_insert(attributes, g_strdup("application"), g_strdup("sfoauth"));
	g_hash_table_insert(attributes, g_strdup("origin"), g_strdup(ask->origin));
	if (ask->user[0] != '\0')
		g_hash_table_insert(attributes, g_strdup("user"), g_strdup(ask->user));
	return attributes;
}

/* Services match by subset, each in its own way: what came back is compared again, whole. */
static bool is_ours(const struct sf_keyring_item *item, const struct sf_keyring_ask *ask)
{
	if (!sf_keyring_item_has(item, "application", "sfoauth") ||
	    !sf_keyring_item_has(item, "origin", ask->origin))
		return false;
	if (ask->user[0] != '\0')
		return sf_keyring_item_has(item, "user", ask->user);
	return sf_keyring_item_user(item) != NULL;
}

/* The session bus, and how secrets cross it. */
struct keyring {
	GDBusConnection *bus; /* the process's own: gone with it */
	struct sf_keyring_session session;
	bool is_looked_at; /* the collection is there and open, or was unlocked */
};

/* The secret of an item, empty where there is none that could be a token. NULL: not to be had. */
static struct sf_secret *secret_of(
    struct keyring *keyring, const struct sf_keyring_item *item, GError **error)
{
	if (item->is_locked)
		return sf_secret_new(0);
	if (!keyring->session.path &&
	    !sf_keyring_session_open(keyring->bus, &keyring->session, error))
		return NULL;
	return sf_keyring_session_secret(
	    keyring->bus, &keyring->session, item->path, SF_TOKEN_STORED_MAX, error);
}

/* Of our form: what is of another version, or broken, is left alone. */
static bool is_token(struct keyring *keyring, const struct sf_keyring_item *item, GError **error)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = secret_of(keyring, item, error);
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error ignored;
	bool is_one = false;

	return stored != NULL && sf_token_parse(stored, &is_one, &token, &ignored) == SF_OK &&
	       is_one;
}

/* Also where the secret is no token: the caller has to know that the place is taken. */
static bool send_item(struct keyring *keyring, const struct sf_keyring_item *item, GError **error)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = secret_of(keyring, item, error);
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	struct sf_error e;

	if (!stored)
		return false;
	sf_wire_begin(&frame, SF_WIRE_ITEM);
	sf_wire_put_secret(&frame, SF_TAG_TOKEN, stored);
	sf_wire_put_text(&frame, SF_TAG_USERNAME, sf_keyring_item_user(item));
	return sf_wire_send(SF_WIRE_FD, &frame, sf_clock_now_ms() + SF_FOREVER_MS, &e) == SF_OK;
}

static bool has_open(GList *items, const struct sf_keyring_ask *ask)
{
	for (GList *i = items; i != NULL; i = i->next) {
		const struct sf_keyring_item *item = i->data;

		if (!item->is_locked && is_ours(item, ask))
			return true;
	}
	return false;
}

static struct sf_keyring_result find(struct keyring *keyring, const struct sf_keyring_ask *ask)
{
	SF_CLEANUP(hash_unrefp) GHashTable *attributes = attributes_of(ask);
	SF_CLEANUP(error_freep) GError *error = NULL;
	SF_CLEANUP(items_freep) GList *items = NULL;
	unsigned sent = 0;

	items = sf_keyring_bus_search(keyring->bus, attributes, &error);
	if (error)
		return sf_keyring_result_of(
		    keyring->is_looked_at ? SF_WIRE_FAIL : SF_WIRE_NONE, error);
	/* Of locked items nobody can be told more than that there is a lock: see answer. */
	if (!keyring->is_looked_at && !has_open(items, ask))
		return sf_keyring_result_of(SF_WIRE_NONE, NULL);
	for (GList *i = items; i != NULL && sent < SF_HITS_MAX; i = i->next) {
		if (!is_ours(i->data, ask))
			continue;
		/* Never "nothing there": the caller would store over it. */
		if (!send_item(keyring, i->data, &error))
			return sf_keyring_result_of(SF_WIRE_FAIL, error);
		sent++;
	}
	return sf_keyring_result_of(sent > 0 ? SF_WIRE_DONE : SF_WIRE_NONE, NULL);
}

static void wipe_text(gpointer text)
{
	sf_secret_wipe(text, strlen(text));
	g_free(text);
}

/* An item with the same attributes is replaced by the service. */
static struct sf_keyring_result store(const struct sf_keyring_ask *ask)
{
	SF_CLEANUP(hash_unrefp) GHashTable *attributes = attributes_of(ask);
	SF_CLEANUP(value_unrefp) SecretValue *value = NULL;
	SF_CLEANUP(error_freep) GError *error = NULL;
	gchar *copy = g_strndup(sf_secret_reveal(ask->token), sf_secret_len(ask->token));

	value =
	    secret_value_new_full(copy, (gssize)sf_secret_len(ask->token), "text/plain", wipe_text);
	if (secret_service_store_sync(NULL, &schema, attributes, SECRET_COLLECTION_DEFAULT,
		ask->label, value, NULL, &error))
		return sf_keyring_result_of(SF_WIRE_DONE, NULL);
	const bool is_locked = g_error_matches(error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED);
	return sf_keyring_result_of(is_locked ? SF_WIRE_LOCKED : SF_WIRE_FAIL, error);
}

/* A service may ask the person before it deletes: libsecret sees to that. */
static bool delete_item(const struct sf_keyring_item *item, GError **error)
{
	/* libsecret has it as long as the process lives. */
	SecretService *service = secret_service_get_sync(SECRET_SERVICE_NONE, NULL, error);

	return service != NULL &&
	       secret_service_delete_item_dbus_path_sync(service, item->path, NULL, error);
}

/*
 * May the item be erased? A token of ours; what is of another version, or broken, is left alone. Or
 * what is no token: then its kind stands before the origin (credhelper/cli/store_credentials.h).
 */
static bool is_known(struct keyring *keyring, const struct sf_keyring_ask *ask,
    const struct sf_keyring_item *item, GError **error)
{
	if (sf_text_starts(ask->origin, "https:") || sf_text_starts(ask->origin, "environment:"))
		return is_token(keyring, item, error);
	return true;
}

static struct sf_keyring_result erase(struct keyring *keyring, const struct sf_keyring_ask *ask)
{
	SF_CLEANUP(hash_unrefp) GHashTable *attributes = attributes_of(ask);
	SF_CLEANUP(items_freep) GList *items = NULL;
	SF_CLEANUP(error_freep) GError *error = NULL;
	enum sf_wire_type type = SF_WIRE_NONE;

	items = sf_keyring_bus_search(keyring->bus, attributes, &error);
	if (error)
		return sf_keyring_result_of(SF_WIRE_FAIL, error);
	for (GList *i = items; i != NULL && type != SF_WIRE_FAIL; i = i->next) {
		const struct sf_keyring_item *item = i->data;

		if (!is_ours(item, ask) || !is_known(keyring, ask, item, &error))
			type = error != NULL ? SF_WIRE_FAIL : type;
		else
			type = delete_item(item, &error) ? SF_WIRE_DONE : SF_WIRE_FAIL;
	}
	return sf_keyring_result_of(type, error);
}

/* The dialog, which ends when the person is done with it. */
static struct sf_keyring_result unlock(void)
{
	SF_CLEANUP(collection_unrefp) SecretCollection *collection = NULL;
	SF_CLEANUP(unlocked_freep) GList *unlocked = NULL;
	SF_CLEANUP(error_freep) GError *error = NULL;

	collection = secret_collection_for_alias_sync(
	    NULL, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, &error);
	if (!collection)
		return sf_keyring_result_of(SF_WIRE_NO_KEYRING, error);
	GList locked = {.data = collection};
	const gint n = secret_service_unlock_sync(NULL, &locked, NULL, &unlocked, &error);
	return sf_keyring_result_of(n > 0 ? SF_WIRE_END : SF_WIRE_LOCKED, error);
}

/* Is the default collection usable? END: go on. */
static struct sf_keyring_result look(
    const struct keyring *keyring, const struct sf_keyring_ask *ask)
{
	SF_CLEANUP(error_freep) GError *error = NULL;

	switch (sf_keyring_bus_state(keyring->bus, &error)) {
	case SF_KEYRING_OPEN:
		return sf_keyring_result_of(SF_WIRE_END, NULL);
	case SF_KEYRING_LOCKED:
		return ask->may_prompt ? unlock() : sf_keyring_result_of(SF_WIRE_LOCKED, NULL);
	case SF_KEYRING_NONE:
		/* A new user has none. Storing makes one, with a dialog for its password. */
		if (ask->may_prompt)
			return sf_keyring_result_of(
			    ask->type == SF_WIRE_STORE ? SF_WIRE_END : SF_WIRE_NONE, NULL);
		break;
	case SF_KEYRING_GONE:
		break;
	}
	return sf_keyring_result_of(SF_WIRE_NO_KEYRING, error);
}

static void keyring_clear(struct keyring *keyring)
{
	sf_keyring_session_clear(&keyring->session);
}

static struct sf_keyring_result answer(const struct sf_keyring_ask *ask)
{
	SF_CLEANUP(error_freep) GError *error = NULL;
	SF_CLEANUP(keyring_clear) struct keyring keyring = {.bus = NULL};

	keyring.bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, &error);
	if (!keyring.bus)
		return sf_keyring_result_of(SF_WIRE_NO_KEYRING, error);
	/* A search prompts nobody, and what it finds open needs no more questions. */
	if (ask->type == SF_WIRE_FIND) {
		const struct sf_keyring_result found = find(&keyring, ask);

		if (found.type != SF_WIRE_NONE)
			return found;
	}
	const struct sf_keyring_result looked = look(&keyring, ask);
	if (looked.type != SF_WIRE_END)
		return looked;
	keyring.is_looked_at = true;
	switch (ask->type) {
	case SF_WIRE_FIND:
		return find(&keyring, ask);
	case SF_WIRE_STORE:
		return store(ask);
	default:
		return erase(&keyring, ask);
	}
}

/*
 * Ctrl-C reaches the whole group of a terminal: a token that is just being stored is stored. Who
 * started us kills us, and so does its end.
 */
static bool harden(void)
{
	static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	const struct rlimit no_core = {0, 0};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < SF_COUNT(held); i++)
		sigaddset(&set, held[i]);
	return sigprocmask(SIG_BLOCK, &set, NULL) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0 &&
	       setrlimit(RLIMIT_CORE, &no_core) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
}

int main(int argc, char **argv)
{
	SF_CLEANUP(sf_keyring_ask_clear) struct sf_keyring_ask ask = {0};
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	bool is_said = false;
	struct sf_error e;

	(void)argv;
	if (argc != 1 || !harden())
		return EXIT_FAILURE;
	if (sf_wire_recv(SF_WIRE_FD, sf_clock_now_ms() + SF_FOREVER_MS, &frame, &e) != SF_OK ||
	    (frame.type != SF_WIRE_FIND && frame.type != SF_WIRE_STORE &&
		frame.type != SF_WIRE_ERASE))
		return EXIT_FAILURE;
	if (sf_keyring_ask_read(&frame, &ask, &e) != SF_OK)
		return EXIT_FAILURE;
	const struct sf_keyring_result result = answer(&ask);
	is_said = sf_keyring_result_send(&result);
	sf_keyring_ask_clear(&ask);
	sf_frame_wipep(&frame);
	/* The bus forgets us when we go: nothing is taken back message by message. */
	_exit(is_said ? EXIT_SUCCESS : EXIT_FAILURE);
}
