/*
 * What the caller asks of sfoauth-keyring, and the answer: frames as structs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "err.h"
#include "keyring_item.h"
#include "origin.h"
#include "secret.h"
#include "token.h"
#include "wire.h"

#define SF_KEYRING_ORIGIN_SIZE (SF_ORIGIN_SIZE + 32) /* "environment:" may stand before it */
#define SF_KEYRING_LABEL_SIZE  512
#define SF_FOREVER_MS          (INT64_C(24) * 3600 * 1000)

struct sf_keyring_request {
	enum sf_wire_type type;
	char origin[SF_KEYRING_ORIGIN_SIZE];
	char user[SF_TOKEN_USERNAME_SIZE]; /* "": any */
	char label[SF_KEYRING_LABEL_SIZE];
	bool may_prompt;
	struct sf_secret *token;
};
void sf_keyring_request_clear(struct sf_keyring_request *request); /* for SF_CLEANUP */

/* From a FIND, STORE or ERASE; PROTOCOL for any other frame. Also fails with NOMEM. */
SF_CHECKED enum sf_err sf_keyring_request_read(
    const struct sf_frame *frame, struct sf_keyring_request *request, struct sf_error *e);

/* What to search for, or to store: text -> text. The caller's. */
GHashTable *sf_keyring_request_attributes(const struct sf_keyring_request *request);
void sf_keyring_attributes_unrefp(GHashTable **attributes); /* for SF_CLEANUP */

/*
 * Is it an item of sfoauth that the request means? Services match attributes by subset, each in its
 * own way: every hit is compared again.
 */
bool sf_keyring_request_matches(
    const struct sf_keyring_request *request, const struct sf_keyring_item *item);

/* The answer. Where the keyring failed, its words, for the log of the caller. */
struct sf_keyring_result {
	enum sf_wire_type type;
	char why[SF_ERROR_DETAIL_SIZE];
};
struct sf_keyring_result sf_keyring_result_of(enum sf_wire_type type, const GError *error);
/* False: the caller is gone. */
bool sf_keyring_result_send(const struct sf_keyring_result *result);
