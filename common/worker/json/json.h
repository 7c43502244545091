/*
 * JSON from outside, read strictly: the whole body is one RFC 8259 text in valid UTF-8, without a
 * NUL (also as \u0000), without lone surrogates, without a name that stands twice in an object, at
 * most SF_JSON_DEPTH_MAX deep and SF_JSON_VALUES_MAX values long. Names are compared byte for byte.
 *
 * A getter tells "absent" from "of the wrong type or size": absent (or null, which Salesforce sends
 * for empty fields) is an outcome, the other is a failure: ANSWER, and the output is unchanged.
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

struct sf_json; /* opaque: any value; parts are borrowed from the whole */

/* Once per process, before the first parse: the parser wipes what it frees. */
void sf_json_start(void);

/* Fails with ANSWER (which rule is broken, at which byte) or NOMEM. */
SF_CHECKED enum sf_err sf_json_parse(
    const struct sf_secret *body, struct sf_json **ret_json, struct sf_error *e);
struct sf_json *sf_json_free(struct sf_json *json); /* wipes; NULL is fine; returns NULL */
void sf_json_freep(struct sf_json **json);

bool sf_json_is_object(const struct sf_json *json);
/* The first item of an array, NULL where json is no array or an empty one. */
const struct sf_json *sf_json_first(const struct sf_json *json);

/* Clean UTF-8 of less than size bytes. Absent: *ret is "". */
SF_CHECKED enum sf_err sf_json_text(
    const struct sf_json *object, const char *key, char *ret, size_t size, struct sf_error *e);
/* 1 to max bytes of printable ASCII, no space: a token or code. Absent: *ret_secret is NULL. */
SF_CHECKED enum sf_err sf_json_secret(const struct sf_json *object, const char *key, size_t max,
    struct sf_secret **ret_secret, struct sf_error *e);
/* true or false. */
SF_CHECKED enum sf_err sf_json_flag(
    const struct sf_json *object, const char *key, enum sf_given *ret, struct sf_error *e);
/*
 * An integer of min to max, as a number or as a string of digits: Salesforce has both. Absent:
 * *ret is unchanged.
 */
struct sf_json_range {
	uint64_t min, max; /* max at most 2^53 */
};
SF_CHECKED enum sf_err sf_json_number(const struct sf_json *object, const char *key,
    struct sf_json_range range, uint64_t *ret, struct sf_error *e);
/* An object inside. Absent: *ret_child is NULL. */
SF_CHECKED enum sf_err sf_json_object(const struct sf_json *object, const char *key,
    const struct sf_json **ret_child, struct sf_error *e);
/* The name of the index-th member whose value is true; NULL past the last. */
const char *sf_json_true_key(const struct sf_json *object, size_t index);
