/*
 * Find: send the caller one ITEM frame for each item that matches a request.
 */
#pragma once

#include <stdbool.h>

#include "keyring_request.h"
#include "keyring_service.h"

/*
 * Returns DONE (after the ITEM frames), NONE (no item matches) or FAIL. Opens no dialog. Sends at
 * most 16 items, the most recently changed first.
 *
 * is_open: the default collection is known to be unlocked. If it is not known yet, items are sent
 * only if at least one of them is unlocked; NONE then also means that all items are locked or that
 * the service does not reply.
 */
struct sf_keyring_result sf_keyring_find(
    struct sf_keyring_service *service, const struct sf_keyring_request *request, bool is_open);
