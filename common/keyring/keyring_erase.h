/*
 * Erase: delete the items that match a request.
 */
#pragma once

#include "keyring_request.h"
#include "keyring_service.h"

/*
 * Returns DONE (at least one item is deleted), NONE (no item matches), LOCKED (an item that matches
 * is locked and therefore kept) or FAIL. Keeps a token item that is broken or of another version.
 * The service may open a dialog: check the state of the collection first.
 */
struct sf_keyring_result sf_keyring_erase(
    struct sf_keyring_service *service, const struct sf_keyring_request *request);
