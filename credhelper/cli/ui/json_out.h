/*
 * What the command prints on standard output for programs: tokens in several formats, and JSON.
 * Words for people are printed elsewhere, on standard error.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "secret.h"
#include "token.h"

/* Increases when a key is removed or changes its meaning, not when a key is added. */
#define SF_JSON_OUT_SCHEMA 1

/* Variables that Salesforce's sf command reads; --format env and exec set them. */
#define SF_JSON_OUT_TOKEN_VARIABLE    "SF_ACCESS_TOKEN"
#define SF_JSON_OUT_INSTANCE_VARIABLE "SF_ORG_INSTANCE_URL"

/*
 * SF_FORMAT(NAME, "name") of token --format. raw: the token alone. header: an Authorization header.
 * env: both variables, quoted for a shell. json: an object with token, expiry, instance and user.
 * curl: a configuration for `curl -K -`.
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
/* False: there is no format of this name. */
SF_CHECKED bool sf_json_out_format_of(const char *name, enum sf_json_out_format *ret);

/* Make cJSON use the wiping allocators. Call once, at the start of main. */
void sf_json_out_begin(void);

/* The URL of a canonical origin as people write it: without ":443". */
void sf_json_out_url(const char *origin, char ret[static SF_ORIGIN_SIZE]);

/*
 * The text of a token in a format, with its line end; the caller frees *ret_text. Fails with NOMEM,
 * BUG (no access token).
 */
SF_CHECKED enum sf_err sf_json_out_token(const struct sf_token *token,
    enum sf_json_out_format format, struct sf_secret **ret_text, struct sf_error *e);

/* Write to standard output, without buffering. Fails with SYSTEM. */
SF_CHECKED enum sf_err sf_json_out_write(const struct sf_secret *text, struct sf_error *e);

/*
 * Print JSON that may hold text of others, and a line end. Characters that could control a terminal
 * are written as \uXXXX, which is the same JSON. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_json_out_line(const char *json, struct sf_error *e);

/*
 * A JSON object under construction. The functions accept NULL as out and do nothing then, so that
 * callers check for lack of memory once: sf_json_out_print fails with NOMEM.
 */
struct sf_json_out; /* opaque */
struct sf_json_out *sf_json_out_new(void);
/* The outermost object; it has the number of the schema that sfoauth(1) describes. */
struct sf_json_out *sf_json_out_reply(void);
/* A value of NULL becomes null. */
void sf_json_out_text(struct sf_json_out *out, const char *key, const char *value);
void sf_json_out_number(struct sf_json_out *out, const char *key, uint64_t number);
void sf_json_out_bool(struct sf_json_out *out, const char *key, bool value);
/* Append take_item to the array `key`, which is created if it is missing. */
void sf_json_out_append(struct sf_json_out *out, const char *key, struct sf_json_out *take_item);
void sf_json_out_append_text(struct sf_json_out *out, const char *key, const char *text);
/* Add an empty array, so that the key exists even if nothing is appended. */
void sf_json_out_list(struct sf_json_out *out, const char *key);
/* Print the object as one line and flush. Fails with NOMEM or SYSTEM. */
SF_CHECKED enum sf_err sf_json_out_print(const struct sf_json_out *out, struct sf_error *e);
struct sf_json_out *sf_json_out_free(struct sf_json_out *out);
void sf_json_out_freep(struct sf_json_out **out);
