/*
 * Find: send the caller one ITEM frame for each item that matches a request.
 */
#pragma once

#include "keyring_request.h"
#include "keyring_service.h"

/*
 * Returns DONE (after the ITEM frames), NONE (no item matches), LOCKED (every item that matches is
 * locked, and no dialog is allowed or the person dismissed it) or FAIL. Sends at most 16 items, the
 * most recently changed first. Check the state of the collection first: a search can open a dialog.
 */
struct sf_keyring_result sf_keyring_find(
    struct sf_keyring_service *service, const struct sf_keyring_request *request);
