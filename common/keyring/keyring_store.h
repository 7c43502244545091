/*
 * Store: save the token of a request in the default collection.
 */
#pragma once

#include "keyring_request.h"
#include "keyring_service.h"

/*
 * Returns DONE, LOCKED or FAIL. The service may open a dialog: check the state of the collection
 * first.
 */
struct sf_keyring_result sf_keyring_store(
    struct sf_keyring_service *service, const struct sf_keyring_request *request);
