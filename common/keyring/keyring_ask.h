/*
 * What the caller asks sfoauth-keyring, and what it is told: frames as structs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "err.h"
#include "origin.h"
#include "secret.h"
#include "token.h"
#include "wire.h"

#define SF_KEYRING_ORIGIN_SIZE (SF_ORIGIN_SIZE + 32) /* "environment:" may stand before it */
#define SF_KEYRING_LABEL_SIZE  512
#define SF_FOREVER_MS          (INT64_C(24) * 3600 * 1000)

/* What is asked. */
struct sf_keyring_ask {
	enum sf_wire_type type;
	char origin[SF_KEYRING_ORIGIN_SIZE];
	char user[SF_TOKEN_USERNAME_SIZE]; /* "": any */
	char label[SF_KEYRING_LABEL_SIZE];
	bool may_prompt;
	struct sf_secret *token;
};
void sf_keyring_ask_clear(struct sf_keyring_ask *ask); /* for SF_CLEANUP */

/* From a FIND, STORE or ERASE. Fails with PROTOCOL or NOMEM. */
SF_CHECKED enum sf_err sf_keyring_ask_read(
    const struct sf_frame *frame, struct sf_keyring_ask *ask, struct sf_error *e);

/* The answer, with what the keyring said where it failed: for the log of the caller. */
struct sf_keyring_result {
	enum sf_wire_type type;
	char why[SF_ERROR_DETAIL_SIZE];
};
struct sf_keyring_result sf_keyring_result_of(enum sf_wire_type type, const GError *error);
/* False: the caller is gone. */
bool sf_keyring_result_send(const struct sf_keyring_result *result);
