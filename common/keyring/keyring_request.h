/*
 * Requests to sfoauth-keyring and its replies: frames as structs.
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

#define SF_KEYRING_ORIGIN_SIZE (SF_ORIGIN_SIZE + 32) /* room for a prefix like "environment:" */
#define SF_KEYRING_LABEL_SIZE  512
#define SF_FOREVER_MS          (INT64_C(24) * 3600 * 1000) /* the caller's deadline is earlier */

struct sf_keyring_request {
	enum sf_wire_type type; /* FIND, STORE or ERASE */
	char origin[SF_KEYRING_ORIGIN_SIZE];
	char app[SF_TOKEN_APP_SIZE];       /* token.h; "": the item is not of an app */
	char user[SF_TOKEN_USERNAME_SIZE]; /* "": any user; never "" for STORE */
	char label[SF_KEYRING_LABEL_SIZE]; /* STORE: the name that keyring managers show */
	bool takes_old;                    /* an item without an app is one of this app */
	bool may_prompt;                   /* the service may open a dialog */
	struct sf_secret *token;           /* STORE; else NULL; owned by the struct */
};
void sf_keyring_request_clear(struct sf_keyring_request *request); /* for SF_CLEANUP */

/*
 * Read a FIND, STORE or ERASE frame. Fails with PROTOCOL (another frame, a field is missing or
 * malformed) or NOMEM. Clear *request also after a failure.
 */
SF_CHECKED enum sf_err sf_keyring_request_read(
    const struct sf_frame *frame, struct sf_keyring_request *request, struct sf_error *e);

/* The same request for the items of older versions alone, which have no app. */
struct sf_keyring_request sf_keyring_request_old(const struct sf_keyring_request *request);

/* The attributes to search for or to store (text -> text). The caller frees the table. */
GHashTable *sf_keyring_request_attributes(const struct sf_keyring_request *request);
void sf_keyring_attributes_unrefp(GHashTable **attributes); /* for SF_CLEANUP */

/*
 * Is the item one of sfoauth's, and does it match the request? Services implement the search
 * differently, so each hit must be compared again before its secret is used.
 */
bool sf_keyring_request_matches(
    const struct sf_keyring_request *request, const struct sf_keyring_item *item);

/* The reply to a request. */
struct sf_keyring_result {
	enum sf_wire_type type;         /* DONE, FAIL, NONE, LOCKED or NO_KEYRING */
	char why[SF_ERROR_DETAIL_SIZE]; /* FAIL: the service's error, for the caller's log */
};
/* Build a reply. error may be NULL; its message is escaped. */
struct sf_keyring_result sf_keyring_result_of(enum sf_wire_type type, const GError *error);
/* Send the last frame to the caller. False: the caller is gone. */
bool sf_keyring_result_send(const struct sf_keyring_result *result);
