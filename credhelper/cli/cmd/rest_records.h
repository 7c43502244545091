/*
 * One part of the answer to a query: its records, and where the next part is. Written by whoever
 * answers for Salesforce: nothing in it is trusted, no text is taken for anything but data.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "origin.h"
#include "json_out.h"

#define SF_REST_RECORDS_PART_MAX (16U << 20) /* bytes of a part, where they are not the point */

struct sf_rest_records; /* opaque */

/*
 * Fails with ANSWER (not JSON, no list of records, a next address that is no path of the API) or
 * NOMEM. The records lose `attributes`, which say what the query said.
 */
SF_CHECKED enum sf_err sf_rest_records_parse(
    const char *text, size_t len, struct sf_rest_records **ret_records, struct sf_error *e);

uint64_t sf_rest_records_total(const struct sf_rest_records *records); /* of all parts, as told */
size_t sf_rest_records_count(const struct sf_rest_records *records);   /* in this one */
/* The path of the next part; NULL behind the last. */
const char *sf_rest_records_next(const struct sf_rest_records *records);

/* A text of one record; NULL where it has none of that name. */
const char *sf_rest_records_text(
    const struct sf_rest_records *records, size_t index, const char *name);

/* A line of JSON for each record. Fails with SYSTEM or NOMEM. */
SF_CHECKED enum sf_err sf_rest_records_print(
    const struct sf_rest_records *records, struct sf_error *e);
/* Move all of them to the end of out's array. */
void sf_rest_records_move(
    struct sf_rest_records *records, struct sf_json_out *out, const char *key);

struct sf_rest_records *sf_rest_records_free(struct sf_rest_records *records);
void sf_rest_records_freep(struct sf_rest_records **records);
