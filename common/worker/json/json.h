/*
 * Strict parser for JSON from a server. The whole body must be one RFC 8259 text in valid UTF-8,
 * without NUL (raw or \u0000), without lone surrogates, without repeated names in an object, with
 * at most SF_JSON_DEPTH_MAX levels and SF_JSON_VALUES_MAX values. Names are compared byte for byte.
 *
 * A getter distinguishes "absent" from "wrong type or size". Absent (or null, which Salesforce
 * sends for empty fields) succeeds with the value given below. A wrong type or size fails with
 * ANSWER and leaves the output unchanged.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "secret.h"

#define SF_JSON_DEPTH_MAX  16
#define SF_JSON_VALUES_MAX 4096

struct sf_json; /* opaque: any value; a value inside another is borrowed from it */

/* Call once per process, before the first parse: makes cJSON wipe memory that it frees. */
void sf_json_start(void);

/*
 * Parse a body; the caller frees *ret_json. Fails with ANSWER (the detail has the broken rule and
 * the byte) or NOMEM.
 */
SF_CHECKED enum sf_err sf_json_parse(
    const struct sf_secret *body, struct sf_json **ret_json, struct sf_error *e);
struct sf_json *sf_json_free(struct sf_json *json); /* wipes; NULL is fine; returns NULL */
void sf_json_freep(struct sf_json **json);

bool sf_json_is_object(const struct sf_json *json);
/* The first item of an array. NULL: json is not an array, or it is empty. */
const struct sf_json *sf_json_first(const struct sf_json *json);

/* A string of clean UTF-8 (text.h), with NUL at most size bytes. Absent: ret is "". */
SF_CHECKED enum sf_err sf_json_text(
    const struct sf_json *object, const char *key, char *ret, size_t size, struct sf_error *e);
/*
 * A token or code: 1 to max bytes of printable ASCII without spaces. The caller frees *ret_secret.
 * Absent: *ret_secret is NULL. Also fails with NOMEM.
 */
SF_CHECKED enum sf_err sf_json_secret(const struct sf_json *object, const char *key, size_t max,
    struct sf_secret **ret_secret, struct sf_error *e);
/* A boolean. Absent: *ret is SF_GIVEN_ABSENT. */
SF_CHECKED enum sf_err sf_json_flag(
    const struct sf_json *object, const char *key, enum sf_given *ret, struct sf_error *e);
/*
 * An integer from min to max, as a number or as a string of digits: Salesforce sends both. Absent:
 * *ret is unchanged.
 */
struct sf_json_range {
	uint64_t min, max; /* max at most 2^53: numbers are doubles in cJSON */
};
SF_CHECKED enum sf_err sf_json_number(const struct sf_json *object, const char *key,
    struct sf_json_range range, uint64_t *ret, struct sf_error *e);
/* A member that is an object, borrowed. Absent: *ret_child is NULL. */
SF_CHECKED enum sf_err sf_json_object(const struct sf_json *object, const char *key,
    const struct sf_json **ret_child, struct sf_error *e);
/* The name of the index-th member whose value is true, from 0; NULL after the last one. */
const char *sf_json_true_key(const struct sf_json *object, size_t index);
