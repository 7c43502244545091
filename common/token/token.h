/*
 * A token and its stored form, which is used for the record of the hand-off, the payload of a
 * kernel key, and the secret in the desktop keyring.
 * The stored form is the line `sfoauth=1`, followed by `key=value` lines, each ended by LF, in this
 * order: origin, also (repeated), app, org_id, user_id, username, scope, issued_at_ms, expires_at,
 * generation, access_token, refresh_token. An unknown key or version is not read.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "origin.h"
#include "secret.h"
#include "sfid.h"

#define SF_TOKEN_ACCESS_MAX      8192  /* bytes */
#define SF_TOKEN_REFRESH_MAX     2048  /* bytes */
#define SF_TOKEN_STORED_MAX      15000 /* bytes; fits into a frame */
#define SF_TOKEN_ALSO_MAX        8
#define SF_TOKEN_GENERATION_SIZE 17 /* 16 hex digits and a NUL */
#define SF_TOKEN_SCOPE_SIZE      512
#define SF_TOKEN_USERNAME_SIZE   129
#define SF_TOKEN_APP_SIZE        288

struct sf_token {
	char origin[SF_ORIGIN_SIZE]; /* canonical, of the login URL */
	/* Further canonical origins that may receive it; the instance that was learnt is first. */
	char also[SF_TOKEN_ALSO_MAX][SF_ORIGIN_SIZE];
	size_t also_count;
	char app[SF_TOKEN_APP_SIZE]; /* sf_token_app(); "" in tokens of versions without it */
	char org_id[SF_SFID_SIZE];
	char user_id[SF_SFID_SIZE];
	char username[SF_TOKEN_USERNAME_SIZE];     /* Salesforce username */
	char scope[SF_TOKEN_SCOPE_SIZE];           /* space-separated; "" if unknown */
	uint64_t issued_at_ms;                     /* since the epoch */
	uint64_t expires_at;                       /* s since the epoch */
	char generation[SF_TOKEN_GENERATION_SIZE]; /* random, new with each access token */
	struct sf_secret *access_token;            /* owned; NULL if only a refresh token is left */
	struct sf_secret *refresh_token;           /* owned; NULL if there is none */
};

struct sf_token *sf_token_new(void);                    /* all empty; NULL: no memory */
struct sf_token *sf_token_free(struct sf_token *token); /* wipes; NULL is allowed; returns NULL */
void sf_token_freep(struct sf_token **token);
struct sf_token *sf_token_copy(const struct sf_token *token); /* deep; NULL: no memory */

/*
 * Parse a stored form; only canonical values are accepted. Another version, an unknown key or a
 * malformed value is not an error: *ret_ours is false, and the result is SF_OK. Fails with NOMEM.
 */
SF_CHECKED enum sf_err sf_token_parse(const struct sf_secret *stored, bool *ret_ours,
    struct sf_token **ret_token, struct sf_error *e);
/*
 * Format the stored form, at most SF_TOKEN_STORED_MAX bytes. Fails with NOMEM, or with BUG if a
 * value is not valid there (such as one with a line end).
 */
SF_CHECKED enum sf_err sf_token_format(
    const struct sf_token *token, struct sf_secret **ret_stored, struct sf_error *e);

/* Seconds until the access token expires at wall clock now_s; 0: there is none, or it expired. */
uint32_t sf_token_life_s(const struct sf_token *token, int64_t now_s);
/* Whether this canonical origin may receive the token: it is its own or one of also. */
bool sf_token_is_for(const struct sf_token *token, const char *origin);
/* Whether the token has this scope; full counts as every scope except refresh_token. */
bool sf_token_has_scope(const struct sf_token *token, const char *scope);
/*
 * The origin of the API: the token's own, or the learnt instance (also[0]) if its own is login. or
 * test. Borrowed from token.
 */
const char *sf_token_api_origin(const struct sf_token *token);
/*
 * Name the app that a token is for: its client_id, which stands after a prefix if the app signed in
 * as itself. Two apps of one org, and the app and a person, have different sign-ins. "" if it does
 * not fit.
 */
void sf_token_app(char ret[static SF_TOKEN_APP_SIZE], const char *client_id, bool is_itself);
/* Add a canonical origin to also, unless the token is for it already. False: no room, or "". */
SF_CHECKED bool sf_token_add_also(struct sf_token *token, const char *origin);
