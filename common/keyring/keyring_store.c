/*
 * Store: one item, which replaces an item with the same attributes, and that of an older version if
 * it counts as one of this app. Does not check the token.
 */
#include "keyring_store.h"

#include <stdbool.h>

#include "attr.h"
#include "keyring_erase.h"
#include "keyring_item.h"

#include "banned.h"

static void error_freep(GError **error)
{
	g_clear_error(error);
}

/*
 * Does the item have the attributes of the request, and no others that a program set? KeePassXC
 * adds the fields of its entry, whose names begin with a capital letter.
 */
static bool is_same(const struct sf_keyring_item *item, GHashTable *attributes)
{
	GHashTableIter iter;
	gpointer name = NULL, value = NULL;

	/* An item without the app is of an older version and is erased after the store. */
	g_hash_table_iter_init(&iter, attributes);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		if (!sf_keyring_item_has(item, name, value))
			return false;
	}
	g_hash_table_iter_init(&iter, item->attributes);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		if (!g_hash_table_contains(attributes, name) &&
		    g_strcmp0(name, "xdg:schema") != 0 && !g_ascii_isupper(*(const char *)name))
			return false;
	}
	return true;
}

/* The item of the default collection that a store replaces; NULL: none. Borrows from items. */
static const struct sf_keyring_item *find_old(struct sf_keyring_service *service,
    const struct sf_keyring_request *request, GHashTable *attributes, GList *items)
{
	for (GList *i = items; i != NULL; i = i->next) {
		if (sf_keyring_request_matches(request, i->data) && is_same(i->data, attributes) &&
		    sf_keyring_service_is_in_default(service, i->data))
			return i->data;
	}
	return NULL;
}

struct sf_keyring_result sf_keyring_store(
    struct sf_keyring_service *service, const struct sf_keyring_request *request)
{
	SF_CLEANUP(sf_keyring_attributes_unrefp)
	GHashTable *attributes = sf_keyring_request_attributes(request);
	SF_CLEANUP(sf_keyring_item_list_freep) GList *items = NULL;
	SF_CLEANUP(error_freep) GError *error = NULL;
	const struct sf_keyring_item *old = NULL;
	bool is_stored = false;

	items = sf_keyring_service_search(service, attributes, &error);
	if (error)
		return sf_keyring_result_of(SF_WIRE_FAIL, error);
	old = find_old(service, request, attributes, items);
	if (old && old->is_locked &&
	    !sf_keyring_service_unlock(service, old, request->may_prompt, &error))
		return sf_keyring_result_of(SF_WIRE_LOCKED, error);
	is_stored = old ? sf_keyring_service_set_secret(service, old, request->token, &error)
			: sf_keyring_service_store(
			      service, attributes, request->label, request->token, &error);
	if (is_stored) {
		/* If this fails, the old item stays; readers prefer the newer one of a user. */
		if (request->takes_old) {
			const struct sf_keyring_request of_old = sf_keyring_request_old(request);

			(void)sf_keyring_erase(service, &of_old);
		}
		return sf_keyring_result_of(SF_WIRE_DONE, NULL);
	}
	return sf_keyring_result_of(
	    sf_keyring_service_is_locked_error(error) ? SF_WIRE_LOCKED : SF_WIRE_FAIL, error);
}
