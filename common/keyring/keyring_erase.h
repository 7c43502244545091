/*
 * Erase: delete the items that a request means.
 */
#pragma once

#include "keyring_request.h"
#include "keyring_service.h"

/*
 * DONE, NONE or FAIL. An item that is of another version, or broken, stays. May show a dialog: the
 * caller has asked for the state of the collection.
 */
struct sf_keyring_result sf_keyring_erase(
    struct sf_keyring_service *service, const struct sf_keyring_request *request);
