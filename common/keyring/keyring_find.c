/*
 * Find: compares each hit with the request and sends it with its secret. Does not check that the
 * secret is a valid token: the caller does.
 */
#include "keyring_find.h"

#include "attr.h"
#include "clock.h"
#include "token.h"

#include "banned.h"

#define SF_HITS_MAX 16

static void error_freep(GError **error)
{
	g_clear_error(error);
}

/* The secret of an item. Empty if the item is locked: the caller must know that it exists. */
static struct sf_secret *secret_of(
    struct sf_keyring_service *service, const struct sf_keyring_item *item, GError **error)
{
	return item->is_locked
		   ? sf_secret_new(0)
		   : sf_keyring_service_secret(service, item, SF_TOKEN_STORED_MAX, error);
}

/* Send one ITEM frame. False: the secret cannot be read, or the caller is gone. */
static bool send_item(
    struct sf_keyring_service *service, const struct sf_keyring_item *item, GError **error)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = secret_of(service, item, error);
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	struct sf_error e;

	if (!secret)
		return false;
	sf_wire_begin(&frame, SF_WIRE_ITEM);
	sf_wire_put_secret(&frame, SF_TAG_TOKEN, secret);
	sf_wire_put_text(&frame, SF_TAG_USERNAME, sf_keyring_item_user(item));
	return sf_wire_send(SF_WIRE_FD, &frame, sf_clock_now_ms() + SF_FOREVER_MS, &e) == SF_OK;
}

/*
 * Are all matching items locked, also after an attempt to unlock the latest one? KeePassXC locks
 * each item of an open database until the person allows the access.
 */
static bool are_locked(struct sf_keyring_service *service, const struct sf_keyring_request *request,
    GList *items, GError **error)
{
	struct sf_keyring_item *latest = NULL;

	for (GList *i = items; i != NULL; i = i->next) {
		struct sf_keyring_item *item = i->data;

		if (!sf_keyring_request_matches(request, item))
			continue;
		if (!item->is_locked)
			return false;
		if (!latest)
			latest = item;
	}
	if (!latest)
		return false;
	latest->is_locked = !sf_keyring_service_unlock(service, latest, request->may_prompt, error);
	return latest->is_locked;
}

static struct sf_keyring_result find_once(
    struct sf_keyring_service *service, const struct sf_keyring_request *request)
{
	SF_CLEANUP(sf_keyring_attributes_unrefp)
	GHashTable *attributes = sf_keyring_request_attributes(request);
	SF_CLEANUP(sf_keyring_item_list_freep) GList *items = NULL;
	SF_CLEANUP(error_freep) GError *error = NULL;
	unsigned sent = 0;

	items = sf_keyring_service_search(service, attributes, &error);
	if (error)
		return sf_keyring_result_of(SF_WIRE_FAIL, error);
	if (are_locked(service, request, items, &error))
		return sf_keyring_result_of(SF_WIRE_LOCKED, error);
	for (GList *i = items; i != NULL && sent < SF_HITS_MAX; i = i->next) {
		if (!sf_keyring_request_matches(request, i->data))
			continue;
		/* FAIL, never NONE: after NONE the caller would overwrite the item. */
		if (!send_item(service, i->data, &error))
			return sf_keyring_result_of(SF_WIRE_FAIL, error);
		sent++;
	}
	return sf_keyring_result_of(sent > 0 ? SF_WIRE_DONE : SF_WIRE_NONE, NULL);
}

/*
 * Another process may delete an item between our search and our read of it: it has taken over the
 * item of an older version, and stored its own first. A second search finds that one.
 */
struct sf_keyring_result sf_keyring_find(
    struct sf_keyring_service *service, const struct sf_keyring_request *request)
{
	const struct sf_keyring_result result = find_once(service, request);

	return result.type == SF_WIRE_FAIL && request->takes_old ? find_once(service, request)
								 : result;
}
