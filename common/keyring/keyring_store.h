/*
 * Store: put the token of a request into the default collection.
 */
#pragma once

#include "keyring_request.h"
#include "keyring_service.h"

/* DONE, LOCKED or FAIL. May show a dialog: the caller has asked for the state of the collection. */
struct sf_keyring_result sf_keyring_store(
    struct sf_keyring_service *service, const struct sf_keyring_request *request);
