/*
 * A job for sfoauth-worker and its result: the frames JOB, SHOW, ASK, DONE and FAIL as structs. The
 * module and the command encode a job and decode the rest; the worker does the opposite. Each side
 * checks what the other sends: the worker reads from the network and may be compromised.
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

/* What the worker needs for a job, and what it sends. FAIL may take the place of any frame. */
enum sf_job_kind {
	/* Runs a flow: SHOW or ASK, FACTS, then waits for VERDICT; record or revocation; DONE. */
	SF_JOB_LOGIN = 1,
	/*
	 * Needs a token with a refresh token. New record on descriptor 4; DONE. Right before the
	 * request is sent, the token's generation is written to descriptor 6. If Salesforce then
	 * replies that the refresh token is not spent, "-" follows (refresh_state of the command).
	 * A new refresh token is put into the kernel key `park` before anything else happens, and
	 * outlives the caller. If the reply is then refused, the record before FAIL is the old
	 * token with the new refresh token and no access token. Descriptor 7 is the caller's
	 * lock, which the worker only keeps open.
	 */
	SF_JOB_REFRESH,
	SF_JOB_WHOIS,  /* needs a token, which may lack its ids; FACTS, DONE */
	SF_JOB_REVOKE, /* needs a token, or the record on descriptor 4; DONE */
	/*
	 * A request to the API, by GET or `method`. Needs token and path; a 2xx body on descriptor
	 * 6; DONE with the status. Sent once: the caller decides whether it may be repeated.
	 */
	SF_JOB_GET,
	/*
	 * Checks whether Salesforce is reachable and knows the app: one GET without a token, for
	 * the outcome, then a request for a device code that is shown to nobody, or with a callback
	 * the one of asks_first; DONE, or FAIL with the row.
	 */
	SF_JOB_PROBE,
};

/* Client authentication (RFC 6749, section 2.3; RFC 7523). Names as in config.def. */
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
	char ca_file[4096];  /* "" = the system's CA certificates */
	int64_t deadline_ms; /* clock.h: the whole job ends before it */
	/* LOGIN: write a record if the verdict is yes; otherwise the token is revoked. */
	bool keep;
	uint32_t life_s; /* session_timeout: life of an access token if Salesforce sends none */
	char also[SF_TOKEN_ALSO_MAX][SF_ORIGIN_SIZE]; /* canonical origins for the record */
	size_t also_count;
	/* How the app authenticates. The client secret, or the PEM key, is on descriptor 5. */
	enum sf_client_auth client_auth;
	char username[SF_TOKEN_USERNAME_SIZE]; /* LOGIN: Salesforce username, "" = none */
	char callback[512];                    /* LOGIN: redirect_uri as registered, "" = none */
	char prompt[64];                       /* LOGIN browser, paste: OpenID's parameter prompt */
	/*
	 * LOGIN browser, paste; PROBE with a callback: request the address before a person opens
	 * it, because Salesforce names an unknown app or callback only there.
	 */
	bool asks_first;
	/* LOGIN: names of custom permissions, separated by spaces, to report in FACTS; "" = all. */
	char permissions[2048];
	enum sf_language language;    /* LOGIN browser: of the pages on the listener */
	char site_url[512];           /* LOGIN site: base URL of the site, path included */
	struct sf_secret *passphrase; /* of the key on descriptor 5; NULL: none; owned */
	char path[SF_URL_MAX];        /* GET: path and query; begins with "/" but not with "//" */
	/* GET: another method, POST, PATCH or DELETE; "" = GET. The body is on descriptor 5. */
	char method[8];
	char park[768];          /* REFRESH: a name with SF_KEYCTL_PENDING; "" = none */
	struct sf_secret *token; /* stored form (token.h); NULL: none; owned */
};
#define SF_JOB_BODY_MAX (16 * 1024 * 1024) /* bytes of a body on descriptor 5 */
void sf_job_clear(struct sf_job *job);     /* frees and wipes its secrets; for SF_CLEANUP */

/* Begin the frame and put the job. A value that does not fit makes sf_wire_send fail with BUG. */
void sf_job_to_frame(const struct sf_job *job, struct sf_frame *frame);
/*
 * Decode a job and check all values: login_url is a base URL, texts are printable, path has no
 * spaces, and what the kind needs is there. *ret_job is the caller's, to clear. Fails with PROTOCOL
 * (detail names the rule) or NOMEM.
 */
SF_CHECKED enum sf_err sf_job_from_frame(
    const struct sf_frame *frame, struct sf_job *ret_job, struct sf_error *e);

void sf_show_to_frame(const struct sf_show *show, struct sf_frame *frame);
/*
 * Decode SHOW. The code must be 4 to 32 of A-Z 0-9 and "-", or missing; the address must be
 * printable ASCII without spaces. So nothing else that a server sends reaches a terminal. Fails
 * with PROTOCOL.
 */
SF_CHECKED enum sf_err sf_show_from_frame(
    const struct sf_frame *frame, struct sf_show *ret_show, struct sf_error *e);

/* The frame ASK names a question by a word. Fails with PROTOCOL if it is not in enum sf_ask. */
void sf_ask_to_frame(enum sf_ask what, struct sf_frame *frame);
SF_CHECKED enum sf_err sf_ask_from_frame(
    const struct sf_frame *frame, enum sf_ask *ret_what, struct sf_error *e);

/* What happened to the access token of the job. */
enum sf_token_state {
	SF_TOKEN_STATE_NONE,    /* Salesforce issued none */
	SF_TOKEN_STATE_KEPT,    /* it is in the record */
	SF_TOKEN_STATE_REVOKED, /* revoked; after a REFRESH, Salesforce reports that it is dead */
	SF_TOKEN_STATE_ORPHANED /* it could not be revoked and lives until it expires */
};
/* "none", "kept", "revoked", "orphaned"; an unknown state is "orphaned". */
const char *sf_token_state_name(enum sf_token_state state);

/* What Salesforce's reply tells about the app. It decides which flow is tried next. */
enum sf_app_fault {
	SF_APP_FAULT_NONE,    /* nothing */
	SF_APP_FAULT_FLOW,    /* the app does not have this flow: another one may work */
	SF_APP_FAULT_PROOF,   /* the app must authenticate, by a secret or a key */
	SF_APP_FAULT_UNKNOWN, /* there is no such app, or it is not active yet */
	SF_APP_FAULT_OTHER,   /* an unknown error at the beginning of a sign-in */
	SF_APP_FAULT_COUNT
};

/* DONE and FAIL. */
struct sf_job_result {
	struct sf_error error; /* code SF_OK: DONE */
	/* FAIL: a row of reply_class.def, "" if none. It selects words only, never a decision. */
	char row[40];
	enum sf_app_fault app; /* FAIL with a row */
	enum sf_token_state token;
	uint32_t landlock; /* Landlock ABI; 0: none, seccomp alone confines the worker */
	uint32_t trapped;  /* number of the first denied system call + 1; 0: none */
	char call[32];     /* its name; "" if there is none */
	uint32_t status;   /* HTTP status of a GET */
	/* REFRESH: when the token in the record expires, s since the epoch; 0: unknown. */
	uint64_t expires_at;
	struct sf_outcome outcome; /* FAIL with a row, and PROBE */
};
/* Begin a frame DONE or FAIL, by error.code, and put the result. */
void sf_job_result_to_frame(const struct sf_job_result *result, struct sf_frame *frame);
/*
 * Decode DONE or FAIL, except for the outcome, which stays empty: outcome.h decodes it for those
 * who show it. Fails with PROTOCOL, also for a FAIL whose code is SF_OK.
 */
SF_CHECKED enum sf_err sf_job_result_from_frame(
    const struct sf_frame *frame, struct sf_job_result *ret_result, struct sf_error *e);
