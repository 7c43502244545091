/*
 * Erase: deletes the items that match the request. A token item is read first; an item that is not
 * a token of this version is left alone.
 */
#include "keyring_erase.h"

#include "attr.h"
#include "text.h"
#include "token.h"

#include "banned.h"

static void error_freep(GError **error)
{
	g_clear_error(error);
}

/* Is the item a token that this version can read? *error is set only if reading it fails. */
static bool is_token(
    struct sf_keyring_service *service, const struct sf_keyring_item *item, GError **error)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error ignored;
	bool is_one = false;

	stored = sf_keyring_service_secret(service, item, SF_TOKEN_STORED_MAX, error);
	return stored != NULL && sf_token_parse(stored, &is_one, &token, &ignored) == SF_OK &&
	       is_one;
}

/*
 * May the item be erased? The origin of a token is a URL. Other items of sfoauth have their kind in
 * front of the origin (credhelper/cli/store/store_credentials.h) and are erased without reading.
 */
static bool is_erasable(struct sf_keyring_service *service,
    const struct sf_keyring_request *request, const struct sf_keyring_item *item, GError **error)
{
	const bool is_of_token = sf_text_starts(request->origin, "https:") ||
				 sf_text_starts(request->origin, "environment:");

	return !is_of_token || is_token(service, item, error);
}

struct sf_keyring_result sf_keyring_erase(
    struct sf_keyring_service *service, const struct sf_keyring_request *request)
{
	SF_CLEANUP(sf_keyring_attributes_unrefp)
	GHashTable *attributes = sf_keyring_request_attributes(request);
	SF_CLEANUP(sf_keyring_item_list_freep) GList *items = NULL;
	SF_CLEANUP(error_freep) GError *error = NULL;
	enum sf_wire_type type = SF_WIRE_NONE;
	bool is_one_locked = false;

	items = sf_keyring_service_search(service, attributes, &error);
	if (error)
		return sf_keyring_result_of(SF_WIRE_FAIL, error);
	for (GList *i = items; i != NULL && type != SF_WIRE_FAIL; i = i->next) {
		const struct sf_keyring_item *item = i->data;

		if (!sf_keyring_request_matches(request, item))
			continue;
		if (item->is_locked &&
		    !sf_keyring_service_unlock(service, item, request->may_prompt, &error)) {
			/* NONE would tell the person that nothing is stored. */
			is_one_locked = true;
			g_clear_error(&error);
			continue;
		}
		/* A dismissed dialog sets no error, but the item still exists: that is FAIL. */
		if (is_erasable(service, request, item, &error))
			type = sf_keyring_service_delete(service, item, &error) ? SF_WIRE_DONE
										: SF_WIRE_FAIL;
		else if (error)
			type = SF_WIRE_FAIL;
	}
	if (is_one_locked && type != SF_WIRE_FAIL)
		type = SF_WIRE_LOCKED;
	return sf_keyring_result_of(type, error);
}
