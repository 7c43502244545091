/*
 * Store: one item, which replaces an item with the same attributes, and that of an older version if
 * it counts as one of this app. Does not check the token.
 */
#include "keyring_store.h"

#include "attr.h"
#include "keyring_erase.h"

#include "banned.h"

static void error_freep(GError **error)
{
	g_clear_error(error);
}

struct sf_keyring_result sf_keyring_store(
    struct sf_keyring_service *service, const struct sf_keyring_request *request)
{
	SF_CLEANUP(sf_keyring_attributes_unrefp)
	GHashTable *attributes = sf_keyring_request_attributes(request);
	SF_CLEANUP(error_freep) GError *error = NULL;

	if (sf_keyring_service_store(service, attributes, request->label, request->token, &error)) {
		/* If this fails, the old item stays; readers prefer the newer one of a user. */
		if (request->takes_old) {
			const struct sf_keyring_request old = sf_keyring_request_old(request);

			(void)sf_keyring_erase(service, &old);
		}
		return sf_keyring_result_of(SF_WIRE_DONE, NULL);
	}
	return sf_keyring_result_of(
	    sf_keyring_service_is_locked_error(error) ? SF_WIRE_LOCKED : SF_WIRE_FAIL, error);
}
