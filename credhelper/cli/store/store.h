/*
 * The stores of tokens: one row for each. The desktop keyring keeps whole tokens; the kernel
 * keyring keeps access tokens so that the next call is fast.
 * A store that is empty, locked or absent is a state (enum sf_store_state), not a failure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"
#include "messages.h"
#include "settings.h"
#include "target.h"
#include "token.h"

/*
 * SF_STORE(name in C, name for people, keeps refresh tokens, the line of `sfoauth status` about a
 * token in it), in the order in which they are read. A new store is a row here and a file.
 * kernel: the access token, in the user keyring of the kernel, until it expires or the machine
 * restarts. Every process of the same uid can read it.
 * secret_service: refresh token and access token, in the desktop keyring (Secret Service), one item
 * for each org and user.
 */
#define SF_STORES(SF_STORE)                                                                        \
	SF_STORE(kernel, "kernel", false, SF_MESSAGE_STATUS_IN_KERNEL)                             \
	SF_STORE(secret_service, "secret-service", true, SF_MESSAGE_STATUS_IN_KEYRING)

enum sf_store_id {
#define SF_STORE(id, ...) SF_STORE_ID_##id,
	SF_STORES(SF_STORE)
#undef SF_STORE
	    SF_STORE_ID_COUNT,
	/* The roles: where a sign-in lives with its refresh token, and the fast copy of its access
	 * token. */
	SF_STORE_HOME = SF_STORE_ID_secret_service,
	SF_STORE_CACHE = SF_STORE_ID_kernel,
};

enum sf_store_state {
	SF_STORE_DONE,   /* found, stored, erased */
	SF_STORE_NONE,   /* it has no such token; put: unchanged, it has a better token */
	SF_STORE_LOCKED, /* locked, and no prompt is allowed or the person dismissed it */
	SF_STORE_ABSENT, /* this session has no such store */
	SF_STORE_SILENT, /* did not respond in time; its content is unknown */
};
/* For programs: "ok", "empty", "locked", "absent", "silent". Static. */
const char *sf_store_state_name(enum sf_store_state state);
/* For a person: the state of the desktop keyring as a predicate ("is locked"). Static. */
const char *sf_store_state_words(enum sf_store_state state);

struct sf_store_params {
	const struct sf_settings *settings;
	const char *key; /* sf_target.key: the canonical origin of login_url */
	/* The app (token.h) whose tokens these are; NULL: what is stored is not of an app. */
	const char *app;
	const char *app_key; /* as in the target: names the refresh lock that drop takes */
	const char *user;    /* Salesforce username; NULL: any (find), all (erase) */
	/* Kernel put: later searches without a user find this user's token; NULL: the last put. */
	const char *default_user;
	bool has_kernel;  /* as in the target; if not, the kernel row is ABSENT and untouched */
	bool takes_old;   /* as in the target */
	bool has_own_git; /* as in the target; kernel put: git's helper finds the token */
	bool may_prompt;  /* an unlock dialog may appear; then there is no deadline */
	bool wants_all;   /* kernel find: the tokens of all users instead of the default user's */
};

/* The parameters for the tokens of a target. Borrows from it. */
struct sf_store_params sf_store_ask_of(const struct sf_target *target);

#define SF_STORE_FOUND_MAX 16

struct sf_store_found {
	enum sf_store_state state;
	struct sf_token *tokens[SF_STORE_FOUND_MAX]; /* owned; of one user the newest first */
	size_t count;
	/* Items under a token's attributes that are no valid token: another version, or broken. */
	size_t foreign_count;
};
void sf_store_found_clear(struct sf_store_found *found); /* for SF_CLEANUP */

struct sf_store {
	const char *name;
	bool keeps_refresh;
	enum sf_message status_line; /* takes {state} */
	/*
	 * Find tokens; expired access tokens count. The caller clears *ret_found. Fails with STORE
	 * (the keyring reports an error), WORKER (sfoauth-keyring failed), NOMEM.
	 */
	SF_CHECKED enum sf_err (*find)(const struct sf_store_params *params,
	    struct sf_store_found *ret_found, struct sf_error *e);
	/*
	 * Store the token under its own username. A token without a refresh token does not replace
	 * a token that has one, nor an item that cannot be parsed: then *ret_state is NONE. A store
	 * that keeps no refresh tokens leaves it out. Fails as find, and with BUG.
	 */
	SF_CHECKED enum sf_err (*put)(const struct sf_store_params *params,
	    const struct sf_token *token, enum sf_store_state *ret_state, struct sf_error *e);
	/* Erase the token of params->user, or with NULL those of all users. Fails as find. */
	SF_CHECKED enum sf_err (*erase)(const struct sf_store_params *params,
	    enum sf_store_state *ret_state, struct sf_error *e);
	/*
	 * Remove the access token that a server refused; a refresh token beside it stays. Does
	 * nothing if the store has another access token now, or if another process is replacing it.
	 * token is from find or from an earlier sign-in; params->user is ignored. Fails as put.
	 */
	SF_CHECKED enum sf_err (*drop)(
	    const struct sf_store_params *params, const struct sf_token *token, struct sf_error *e);
};

/* The functions of a store. Static. */
const struct sf_store *sf_store_row(enum sf_store_id id);

/*
 * Read or write an item of the desktop keyring that is no token, for store_credentials.c;
 * params->key has the kind before the origin. Of several items the latest is read; ret_user is its
 * username. *ret_secret, which the caller frees, is NULL unless *ret_state is DONE. Fail as find.
 */
SF_CHECKED enum sf_err sf_store_secret_service_read(const struct sf_store_params *params,
    struct sf_secret **ret_secret, char ret_user[static SF_TOKEN_USERNAME_SIZE],
    enum sf_store_state *ret_state, struct sf_error *e);
SF_CHECKED enum sf_err sf_store_secret_service_write(const struct sf_store_params *params,
    const char *label, const struct sf_secret *secret, enum sf_store_state *ret_state,
    struct sf_error *e);

/* The functions of each row are in store_NAME.c. */
#define SF_STORE(id, ...)                                                                          \
	SF_CHECKED enum sf_err sf_store_##id##_find(const struct sf_store_params *params,          \
	    struct sf_store_found *ret_found, struct sf_error *e);                                 \
	SF_CHECKED enum sf_err sf_store_##id##_put(const struct sf_store_params *params,           \
	    const struct sf_token *token, enum sf_store_state *ret_state, struct sf_error *e);     \
	SF_CHECKED enum sf_err sf_store_##id##_erase(const struct sf_store_params *params,         \
	    enum sf_store_state *ret_state, struct sf_error *e);                                   \
	SF_CHECKED enum sf_err sf_store_##id##_drop(const struct sf_store_params *params,          \
	    const struct sf_token *token, struct sf_error *e);
SF_STORES(SF_STORE)
#undef SF_STORE
