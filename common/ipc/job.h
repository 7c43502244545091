/*
 * What is asked of sfoauth-worker, and what it answers at the end. Frames JOB, SHOW, DONE and
 * FAIL as structs.
 * Used by the module, the command (both encode a job) and the worker (decodes it).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "outcome.h"
#include "language.h"
#include "origin.h"
#include "secret.h"
#include "token.h"
#include "ui.h"
#include "wire.h"

enum sf_job_kind {
	SF_JOB_LOGIN = 1, /* flow; SHOW, FACTS, VERDICT, record or revocation, DONE */
	/*
	 * Token with a refresh token; new record on descriptor 4, DONE. Right before the request
	 * leaves, the token's generation is written to descriptor 6, and "-" behind it where
	 * Salesforce has then said that the refresh token is not spent.
	 */
	SF_JOB_REFRESH,
	SF_JOB_WHOIS,  /* token; FACTS, DONE */
	SF_JOB_REVOKE, /* token, or the record on descriptor 4; DONE */
	SF_JOB_GET,    /* token and path; a 2xx body to descriptor 6, DONE with the status */
	/*
	 * Is Salesforce there, and does it know the app? One GET without a token, for the hint,
	 * then a device code that nobody is shown; DONE, or FAIL with the row.
	 */
	SF_JOB_PROBE,
};

/* RFC 6749 section 2.3; private_key_jwt: RFC 7523. The names are those of config.def. */
enum sf_client_auth {
	SF_CLIENT_AUTH_NONE,
	SF_CLIENT_AUTH_BODY,
	SF_CLIENT_AUTH_BASIC,
	SF_CLIENT_AUTH_PRIVATE_KEY_JWT,
	SF_CLIENT_AUTH_COUNT
};

struct sf_job {
	enum sf_job_kind kind;
	char login_url[SF_URL_MAX]; /* base URL: where tokens come from */
	char client_id[256];
	char scope[SF_TOKEN_SCOPE_SIZE];
	char flow[32];       /* LOGIN: a name of flows.def */
	char proxy[256];     /* "" = none */
	char ca_file[4096];  /* "" = the system's */
	int64_t deadline_ms; /* clock.h: everything ends before it */
	/* LOGIN: write a record after a yes; otherwise the token is revoked afterwards. */
	bool keep;
	uint32_t life_s; /* session_timeout: life of an access token where it is not told */
	char also[SF_TOKEN_ALSO_MAX][SF_ORIGIN_SIZE]; /* canonical origins for the record */
	size_t also_count;
	/* How the app proves itself: the secret, or the PEM key, is on descriptor 5. */
	enum sf_client_auth client_auth;
	char username[SF_TOKEN_USERNAME_SIZE]; /* LOGIN: Salesforce username, "" = none */
	char callback[512];                    /* LOGIN: redirect_uri as registered, "" = none */
	char prompt[64];                       /* LOGIN browser, paste: words as OpenID's prompt */
	/* LOGIN: custom permissions, words: of the person's only these are facts; "" = all. */
	char permissions[2048];
	enum sf_language language;    /* LOGIN browser: of the pages that we show there */
	char site_url[512];           /* LOGIN site: base of the site, path included */
	struct sf_secret *passphrase; /* of the key on descriptor 5; NULL: none; owned */
	char path[SF_URL_MAX];        /* GET: path and query, starts with "/" and not with "//" */
	struct sf_secret *token;      /* stored form; NULL if none is passed; owned by the struct */
};
void sf_job_clear(struct sf_job *job); /* frees and wipes its secrets; for SF_CLEANUP */

void sf_job_to_frame(const struct sf_job *job, struct sf_frame *frame);
/*
 * Checks all values: login_url is a base URL, path has no control characters or spaces, flow is
 * given for LOGIN.
 */
SF_CHECKED enum sf_err sf_job_from_frame(
    const struct sf_frame *frame, struct sf_job *ret_job, struct sf_error *e);

void sf_show_to_frame(const struct sf_show *show, struct sf_frame *frame);
/*
 * The code must be 4 to 32 of A-Z 0-9 and "-", or missing; the address printable ASCII without
 * spaces:
 * nothing else from the server reaches a terminal.
 */
SF_CHECKED enum sf_err sf_show_from_frame(
    const struct sf_frame *frame, struct sf_show *ret_show, struct sf_error *e);

/* The word of an ASK frame. Fails with PROTOCOL where it is none of enum sf_ask. */
void sf_ask_to_frame(enum sf_ask what, struct sf_frame *frame);
SF_CHECKED enum sf_err sf_ask_from_frame(
    const struct sf_frame *frame, enum sf_ask *ret_what, struct sf_error *e);

/* What became of the token. */
enum sf_token_state {
	SF_TOKEN_STATE_NONE,
	SF_TOKEN_STATE_KEPT,
	SF_TOKEN_STATE_REVOKED, /* also of a refresh: Salesforce says that the token is dead */
	SF_TOKEN_STATE_ORPHANED
};
const char *sf_token_state_name(
    enum sf_token_state state); /* "none", "kept", "revoked", "orphaned" */

/* What Salesforce's answer says of the app: whoever decides what to try next decides by this. */
enum sf_app_fault {
	SF_APP_FAULT_NONE,    /* nothing */
	SF_APP_FAULT_FLOW,    /* the app does not have this flow: another one is worth trying */
	SF_APP_FAULT_PROOF,   /* the app must prove itself, by a secret or a key */
	SF_APP_FAULT_UNKNOWN, /* there is no such app, or not yet */
	SF_APP_FAULT_OTHER,   /* an error that is not known, when a sign-in begins */
	SF_APP_FAULT_COUNT
};

/* DONE and FAIL. */
struct sf_job_result {
	struct sf_error error; /* code SF_OK: DONE */
	/* FAIL: row of Salesforce's errors (reply_class.h), "" if none; it only chooses words. */
	char row[40];
	enum sf_app_fault app; /* FAIL with a row */
	enum sf_token_state token;
	uint32_t landlock; /* ABI, 0 = none: seccomp alone */
	uint32_t trapped;  /* first denied system call + 1, 0 = none */
	char call[32];     /* its name, "" where there is none */
	uint32_t status;   /* HTTP status of a GET */
	/* REFRESH: when the token in the record really ends, s since the epoch; 0: not learnt. */
	uint64_t expires_at;
	struct sf_outcome hint; /* FAIL with a row, and PROBE */
};
void sf_job_result_to_frame(
    const struct sf_job_result *end, struct sf_frame *frame); /* DONE or FAIL by error.code */
/* All but the hint, which stays empty: see outcome.h. */
SF_CHECKED enum sf_err sf_job_result_from_frame(
    const struct sf_frame *frame, struct sf_job_result *ret_end, struct sf_error *e);
