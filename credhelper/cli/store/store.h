/*
 * Where tokens are kept: one row per store. Who keeps refresh tokens is the home of a token; the
 * other makes the next call fast.
 * A store that has nothing, is locked or is not there are three answers, not failures.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"
#include "settings.h"
#include "target.h"
#include "token.h"

/*
 * SF_STORE(name in C, name for people, keeps refresh tokens) in order of asking.
 * kernel: the access token, in the user's keyring in the kernel, for as long as it lives. Every
 * process of the same user can read it; it is gone after a restart.
 * secret-service: refresh token and access token, one item for each org and user, in the desktop
 * keyring (Secret Service). The home of every token.
 */
#define SF_STORES(SF_STORE)                                                                        \
	SF_STORE(kernel, "kernel", false)                                                          \
	SF_STORE(secret_service, "secret-service", true)

enum sf_store_id {
#define SF_STORE(id, ...) SF_STORE_ID_##id,
	SF_STORES(SF_STORE)
#undef SF_STORE
	    SF_STORE_ID_COUNT
};

enum sf_store_state {
	SF_STORE_DONE,   /* found, stored, erased */
	SF_STORE_NONE,   /* nothing there; for put: nothing changed, something better is there */
	SF_STORE_LOCKED, /* there, but locked, and nobody may be asked (or nobody answered) */
	SF_STORE_ABSENT, /* not there in this session */
	SF_STORE_SILENT, /* did not answer in time: there is no telling what it holds */
};
/* "ok", "empty", "locked", "absent", "silent" */
const char *sf_store_state_name(enum sf_store_state state);
/* For a person: what the desktop keyring does, "is locked" say, in their language. Static. */
const char *sf_store_state_words(enum sf_store_state state);

struct sf_store_params {
	const struct sf_settings *settings;
	const char *key;  /* canonical origin of the login URL, as stored; see sf_target.key */
	const char *user; /* Salesforce username; NULL: any (find), all (erase) */
	/* put in the kernel row: this user's token is found without a name; NULL: the last one's */
	const char *default_user;
	bool may_prompt; /* an unlock dialog may come up; then there is no deadline */
	bool wants_all;  /* find in the kernel row: of all users, not the default one's alone */
};

/* Where a target's tokens are. */
struct sf_store_params sf_store_ask_of(const struct sf_target *target);

#define SF_STORE_FOUND_MAX 16

struct sf_store_found {
	enum sf_store_state state;
	struct sf_token *tokens[SF_STORE_FOUND_MAX]; /* owned; the latest first */
	size_t count;
	/* Items in a token's place that are none of ours: of another version, or broken. */
	size_t foreign_count;
};
void sf_store_found_clear(struct sf_store_found *found); /* for SF_CLEANUP */

struct sf_store {
	const char *name;
	bool keeps_refresh;
	/* Expired access tokens are found too. *ret_found is the caller's to clear. */
	SF_CHECKED enum sf_err (*find)(const struct sf_store_params *params,
	    struct sf_store_found *ret_found, struct sf_error *e);
	/*
	 * Store for token's username. A token without a refresh token does not replace one that has
	 * it, nor an item that we cannot read: NONE. A store that keeps no refresh token leaves it
	 * out.
	 */
	SF_CHECKED enum sf_err (*put)(const struct sf_store_params *params,
	    const struct sf_token *token, enum sf_store_state *ret_state, struct sf_error *e);
	SF_CHECKED enum sf_err (*erase)(const struct sf_store_params *params,
	    enum sf_store_state *ret_state, struct sf_error *e);
};

const struct sf_store *sf_store_row(enum sf_store_id id);

/*
 * Items of the desktop keyring that are no tokens, for store_credentials.c: ask's key has their
 * kind before the origin. Of several the latest is read; ret_user is whose it is. *ret_secret is
 * NULL unless the state is DONE.
 */
SF_CHECKED enum sf_err sf_store_secret_service_read(const struct sf_store_params *params,
    struct sf_secret **ret_secret, char ret_user[static SF_TOKEN_USERNAME_SIZE],
    enum sf_store_state *ret_state, struct sf_error *e);
SF_CHECKED enum sf_err sf_store_secret_service_write(const struct sf_store_params *params,
    const char *label, const struct sf_secret *secret, enum sf_store_state *ret_state,
    struct sf_error *e);

/* Each row's own functions, in store_NAME.c. */
#define SF_STORE(id, ...)                                                                          \
	SF_CHECKED enum sf_err sf_store_##id##_find(const struct sf_store_params *params,          \
	    struct sf_store_found *ret_found, struct sf_error *e);                                 \
	SF_CHECKED enum sf_err sf_store_##id##_put(const struct sf_store_params *params,           \
	    const struct sf_token *token, enum sf_store_state *ret_state, struct sf_error *e);     \
	SF_CHECKED enum sf_err sf_store_##id##_erase(const struct sf_store_params *params,         \
	    enum sf_store_state *ret_state, struct sf_error *e);
SF_STORES(SF_STORE)
#undef SF_STORE
