/*
 * A token and its one stored form, used for the hand-off record, the kernel key's payload and
 * the keyring's secret:
 * `sfoauth=1` first, then `key=value` lines, each ended by LF. Keys: origin, also (repeated),
 * org_id, user_id, username, scope,
 * issued_at_ms, expires_at, generation, access_token, refresh_token. An unknown key or version
 * is not ours.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "origin.h"
#include "secret.h"
#include "sfid.h"

#define SF_TOKEN_ACCESS_MAX      8192
#define SF_TOKEN_REFRESH_MAX     2048
#define SF_TOKEN_STORED_MAX      15000 /* fits a frame */
#define SF_TOKEN_ALSO_MAX        8
#define SF_TOKEN_GENERATION_SIZE 17
#define SF_TOKEN_SCOPE_SIZE      512
#define SF_TOKEN_USERNAME_SIZE   129

struct sf_token {
	char origin[SF_ORIGIN_SIZE]; /* canonical, of the login URL */
	/* Further canonical origins it may be given to, the learnt instance first. */
	char also[SF_TOKEN_ALSO_MAX][SF_ORIGIN_SIZE];
	size_t also_count;
	char org_id[SF_SFID_SIZE];
	char user_id[SF_SFID_SIZE];
	char username[SF_TOKEN_USERNAME_SIZE]; /* Salesforce username */
	char scope[SF_TOKEN_SCOPE_SIZE];       /* space-separated; "" if not told */
	uint64_t issued_at_ms;                 /* since the epoch */
	uint64_t expires_at;                   /* s since the epoch */
	char generation
	    [SF_TOKEN_GENERATION_SIZE];  /* 16 hex digits, random, new with every access token */
	struct sf_secret *access_token;  /* NULL if there is none (only a refresh token is left) */
	struct sf_secret *refresh_token; /* NULL if there is none */
};

struct sf_token *sf_token_new(void); /* all empty; NULL: no memory */
struct sf_token *sf_token_free(struct sf_token *token);
void sf_token_freep(struct sf_token **token);
struct sf_token *sf_token_copy(const struct sf_token *token); /* deep; NULL: no memory */

/*
 * Stored form -> token: strict, bounded, canonical values only. False in *ret_ours and SF_OK if
 * it is not ours (other version or unknown key, malformed). Fails with NOMEM.
 */
SF_CHECKED enum sf_err sf_token_parse(const struct sf_secret *stored, bool *ret_ours,
    struct sf_token **ret_token, struct sf_error *e);
/*
 * Token -> stored form, at most SF_TOKEN_STORED_MAX. Fails with NOMEM, or BUG where a value
 * breaks the format (a line end inside).
 */
SF_CHECKED enum sf_err sf_token_format(
    const struct sf_token *token, struct sf_secret **ret_stored, struct sf_error *e);

/* Seconds the access token still has at wall clock now_s; 0 if there is none or it is over. */
uint32_t sf_token_life_s(const struct sf_token *token, int64_t now_s);
/* May it be given to this canonical origin (its own or one of also)? */
bool sf_token_is_for(const struct sf_token *token, const char *origin);
bool sf_token_has_scope(const struct sf_token *token,
    const char *scope); /* full counts as every scope but refresh_token */
/*
 * Where the API is: the origin, or the learnt instance (also[0]) when the origin is login. or
 * test.
 */
const char *sf_token_api_origin(const struct sf_token *token);
SF_CHECKED bool sf_token_add_also(
    struct sf_token *token, const char *origin); /* false: full; a duplicate is fine */
