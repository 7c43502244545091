/*
 * The recipe: a stored token that is valid, else a refresh under the lock, else a sign-in.
 * One session is one org, and one user of it or whoever is stored.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "config.h"
#include "err.h"
#include "facts.h"
#include "job.h"
#include "origin.h"
#include "settings.h"
#include "store.h"
#include "token.h"
#include "ui.h"

#define SF_SESSION_KEY_SIZE   (SF_ORIGIN_SIZE + 16)
#define SF_SESSION_MIN_LIFE_S 30 /* a token with less to live is as good as expired */
#define SF_SESSION_WAIT_S     20 /* for somebody else's renewal; then "later" */

/* All borrowed, and to outlive the session. */
struct sf_session_ask {
	const struct sf_settings *settings;
	const struct sf_org *org;
	const char *user; /* --user; NULL: whoever is stored, whoever signs in */
	/* Chosen by sfoauth use: another's token stays aside in the kernel row; NULL: nobody. */
	const char *default_user;
	const char *scopes;    /* --scopes; NULL: the org's */
	bool no_refresh;       /* --no-refresh: ask for no refresh token */
	const char *flow;      /* --flow; NULL: the org's */
	const char *username;  /* --username; NULL: user, the org's, or asked */
	bool reads_password;   /* --password-stdin */
	const char *prompt;    /* --prompt: OpenID's words, for browser and paste; NULL: none */
	bool explains;         /* --verbose: why this flow, on standard error */
	bool remembers;        /* --remember: the password, in the keyring */
	uint32_t min_life_s;   /* what a token must still have; 0: SF_SESSION_MIN_LIFE_S */
	struct sf_ui *ui;      /* where a sign-in is shown; NULL: no sign-in */
	bool may_unlock;       /* an unlock dialog of the keyring may come up */
	bool may_open_keyring; /* false: the kernel row alone, where that has an answer */
	/* How the worker's last job ended, also after a failure; NULL: not wanted. */
	struct sf_end *ret_end;
};

struct sf_session {
	struct sf_session_ask ask;
	struct sf_origin origin;
	char key[SF_SESSION_KEY_SIZE]; /* origin; with "environment:" before it for SALESFORCE_* */
	bool has_kernel;               /* kernel_cache, and not from the environment */
	/* What happened, for the words afterwards. */
	bool is_signed_in;                   /* by a new sign-in */
	bool is_refreshed;                   /* by a refresh */
	enum sf_store_state kept_in_keyring; /* valid after one of the two */
	enum sf_store_state kept_in_kernel;
	enum sf_store_state kept_password; /* NONE: not wanted */
	bool is_parked; /* the keyring did not take it; it waits in the kernel (store_pending.h) */
};

/* Fails with CONFIG (login_url). */
SF_CHECKED enum sf_err sf_session_begin(
    const struct sf_session_ask *ask, struct sf_session *ret_session, struct sf_error *e);

/* The way to ask a store for this session's tokens. */
struct sf_store_ask sf_session_store_ask(const struct sf_session *session);

/*
 * A valid token. Fails with SIGN_IN_NEEDED, SPENT (a renewal was cut off: refresh_state.h), KEYRING_LOCKED,
 * KEYRING, KEYRING_SILENT (nothing in the kernel row, and the keyring is that), KEYRING_REFUSES
 * (takes no write, so nothing was sent), BUSY (somebody else's renewal took longer than
 * SF_SESSION_WAIT_S), UNAVAILABLE and what the worker fails with. But for SIGN_IN_NEEDED and SPENT
 * the refresh token is as good as before.
 */
SF_CHECKED enum sf_err sf_session_token(
    struct sf_session *session, struct sf_token **ret_token, struct sf_error *e);

/*
 * Salesforce refused rejected (401): drop it, adopt a newer one or refresh, once; else sign in.
 * As sf_session_token.
 */
SF_CHECKED enum sf_err sf_session_replace(struct sf_session *session,
    const struct sf_token *rejected, struct sf_token **ret_token, struct sf_error *e);

/*
 * Sign in, whatever is stored. The token is stored where it can be: see kept_in_*, is_parked. The
 * refresh token that it replaces is revoked: Salesforce keeps five for one person and app.
 */
SF_CHECKED enum sf_err sf_session_sign_in(
    struct sf_session *session, struct sf_token **ret_token, struct sf_error *e);

/*
 * Wait for the refresh lock, SF_SESSION_WAIT_S at most: a refresh that is under way must not write
 * its token over what the caller is about to do. *ret_lock is -1 where it was not to be had: then
 * the caller goes on all the same. Released by closing it.
 */
void sf_session_lock(const struct sf_session *session, const char *user, int *ret_lock);

/* Revoke at Salesforce: the refresh token if there is one, else the access token. */
SF_CHECKED enum sf_err sf_worker_jobs_revoke(
    const struct sf_session *session, const struct sf_token *token, struct sf_error *e);

/*
 * GET path from the API; a 2xx body goes to body_fd. *ret_status is the HTTP status, 0 if there
 * was none; filled also on failure.
 */
SF_CHECKED enum sf_err sf_worker_jobs_get(const struct sf_session *session,
    const struct sf_token *token, const char *path, int body_fd, uint32_t *ret_status,
    struct sf_error *e);

/*
 * Ask Salesforce whose token it is. The facts have no id_url and instance_url: those come with a
 * sign-in alone. Fails with DENIED where it is not the person that the token was issued for.
 */
SF_CHECKED enum sf_err sf_worker_jobs_whois(const struct sf_session *session,
    const struct sf_token *token, struct sf_facts *ret_facts, struct sf_error *e);

/*
 * Copy a token of the kernel row to the desktop keyring, once, if one is there and unlocked; in its
 * place, and every time, the parked one of the same user if there is one. Never prompts or fails.
 */
void sf_session_copy(const struct sf_session *session, const struct sf_token *token);

/*
 * Drop the access token presented (git's erase), wherever it is stored; a refresh token stays.
 * Compared in constant time; another token is left alone.
 */
SF_CHECKED enum sf_err sf_session_erase(
    const struct sf_session *session, const struct sf_secret *presented, struct sf_error *e);
