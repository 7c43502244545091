/*
 * What the command prints on standard output: tokens in the forms other programs take, and JSON.
 * Words go to standard error, elsewhere.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "secret.h"
#include "token.h"

/* Grows where a key goes away or changes its meaning; a new key alone does not count. */
#define SF_JSON_OUT_SCHEMA 1

/* What programs of Salesforce's users read; --format env and exec set the same. */
#define SF_JSON_OUT_TOKEN_VARIABLE    "SF_ACCESS_TOKEN"
#define SF_JSON_OUT_INSTANCE_VARIABLE "SF_ORG_INSTANCE_URL"

/*
 * SF_FORMAT(NAME, "name"): the token alone; the line of a header; both variables, quoted for a
 * shell; an object with token, expiry, instance and user; a configuration for `curl -K -`.
 */
#define SF_FORMATS(SF_FORMAT)                                                                      \
	SF_FORMAT(RAW, "raw")                                                                      \
	SF_FORMAT(HEADER, "header")                                                                \
	SF_FORMAT(ENV, "env")                                                                      \
	SF_FORMAT(JSON, "json")                                                                    \
	SF_FORMAT(CURL, "curl")
enum sf_json_out_format {
#define SF_FORMAT(id, name) SF_JSON_OUT_##id,
	SF_FORMATS(SF_FORMAT)
#undef SF_FORMAT
};
SF_CHECKED bool sf_json_out_format_of(const char *name, enum sf_json_out_format *ret);

/* Install the wiping allocators for JSON. Once, at the start of main. */
void sf_json_out_begin(void);

/*
 * The address of a canonical origin as people write it: without ":443". ret has room for
 * SF_ORIGIN_SIZE.
 */
void sf_json_out_url(const char *origin, char ret[static SF_ORIGIN_SIZE]);

/* The text of a token in a form, line end included. Fails with NOMEM or BUG. */
SF_CHECKED enum sf_err sf_json_out_token(const struct sf_token *token,
    enum sf_json_out_format format, struct sf_secret **ret_text, struct sf_error *e);

/* Write to standard output. Fails with SYSTEM. */
SF_CHECKED enum sf_err sf_json_out_write(const struct sf_secret *text, struct sf_error *e);

/*
 * A line of JSON that others had a part in, on standard output: what could steer a terminal is
 * written as \uXXXX, which means the same. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_json_out_line(const char *json, struct sf_error *e);

/*
 * A JSON object under construction. Adding to NULL is fine and does nothing: lack of memory shows
 * when it is printed.
 */
struct sf_json_out; /* opaque */
struct sf_json_out *sf_json_out_new(void);
/* The outermost object: has the number of the schema that sfoauth(1) describes. */
struct sf_json_out *sf_json_out_reply(void);
void sf_json_out_text(struct sf_json_out *out, const char *key, const char *value); /* NULL: null */
void sf_json_out_number(struct sf_json_out *out, const char *key, uint64_t number);
void sf_json_out_bool(struct sf_json_out *out, const char *key, bool value);
/* Append take_item to the array called key, made when absent. */
void sf_json_out_append(struct sf_json_out *out, const char *key, struct sf_json_out *take_item);
void sf_json_out_append_text(struct sf_json_out *out, const char *key, const char *text);
/* An empty array, for a list that may have nothing in it. */
void sf_json_out_list(struct sf_json_out *out, const char *key);
/* One line on standard output. Fails with NOMEM or SYSTEM. */
SF_CHECKED enum sf_err sf_json_out_print(const struct sf_json_out *out, struct sf_error *e);
struct sf_json_out *sf_json_out_free(struct sf_json_out *out);
void sf_json_out_freep(struct sf_json_out **out);
