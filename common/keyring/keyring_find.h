/*
 * Find: send the caller a frame ITEM for each item that a request means.
 */
#pragma once

#include <stdbool.h>

#include "keyring_request.h"
#include "keyring_service.h"

/*
 * DONE after the frames, NONE or FAIL. Prompts nobody.
 *
 * !is_open, before anybody has asked whether the default collection is open: items are sent if one
 * of them is open. NONE then also stands for locked items and for a service that does not answer.
 */
struct sf_keyring_result sf_keyring_find(
    struct sf_keyring_service *service, const struct sf_keyring_request *request, bool is_open);
