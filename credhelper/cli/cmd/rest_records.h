/*
 * One part of a query result: its records, and the path of the next part. The text comes from a
 * server and is not trusted: its form is checked, and a next path outside the API is refused.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "origin.h"
#include "json_out.h"

#define SF_REST_RECORDS_PART_MAX (16U << 20) /* bytes of a part, for callers without own limit */

struct sf_rest_records; /* opaque */

/*
 * Parse one part; the caller frees it. Removes `attributes` (type and URL) from each record and
 * nested record: the query already names the type. Fails with NOMEM or ANSWER: not JSON, no array
 * `records` of objects, `totalSize` not a number, `nextRecordsUrl` not a path of the API.
 */
SF_CHECKED enum sf_err sf_rest_records_parse(
    const char *text, size_t len, struct sf_rest_records **ret_records, struct sf_error *e);

/* The server's count of records in all parts; unchecked. 0 if it gave none. */
uint64_t sf_rest_records_total(const struct sf_rest_records *records);
/* Records in this part. */
size_t sf_rest_records_count(const struct sf_rest_records *records);
/* The path of the next part, shorter than SF_URL_MAX; NULL after the last. Borrowed. */
const char *sf_rest_records_next(const struct sf_rest_records *records);

/* The string in field name of a record; NULL if there is none. Borrowed. */
const char *sf_rest_records_text(
    const struct sf_rest_records *records, size_t index, const char *name);

/* Print each record as one line of JSON on standard output. Fails with SYSTEM or NOMEM. */
SF_CHECKED enum sf_err sf_rest_records_print(
    const struct sf_rest_records *records, struct sf_error *e);
/* Move all records to the end of out's array key; none is left here. */
void sf_rest_records_move(
    struct sf_rest_records *records, struct sf_json_out *out, const char *key);

/* Returns NULL. NULL is allowed. */
struct sf_rest_records *sf_rest_records_free(struct sf_rest_records *records);
void sf_rest_records_freep(struct sf_rest_records **records);
