/*
 * What an HTTP reply of Salesforce means. Decisions rest on `error`, status and shape; reply_class.def
 * has the rows. HTML where JSON belongs is "later", never "wrong password".
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "http.h"
#include "job.h"
#include "json.h"

/* Which request was answered: bits, so that a row can be for several. */
enum sf_call {
	SF_ON_START = 1,     /* device flow, start */
	SF_ON_POLL = 2,      /* device flow, poll */
	SF_ON_REFRESH = 4,   /* refresh */
	SF_ON_IDENTITY = 8,  /* identity document */
	SF_ON_USERINFO = 16, /* userinfo */
	SF_ON_GET = 32,      /* one GET for the command; its body is not looked at */
	SF_ON_REVOKE = 64,   /* revocation; its body is not looked at */
	SF_ON_PASSWORD = 128,
	SF_ON_CODE = 256,        /* exchange of an authorization code */
	SF_ON_AUTHORIZE = 512,   /* a site's code_credentials, or what a callback's address says */
	SF_ON_JWT = 1024,        /* JWT bearer */
	SF_ON_CLIENT = 2048,     /* client credentials */
	SF_ON_INTROSPECT = 4096, /* introspection */
	SF_ON_TOKEN = SF_ON_START | SF_ON_POLL | SF_ON_REFRESH | SF_ON_PASSWORD | SF_ON_CODE |
		      SF_ON_AUTHORIZE | SF_ON_JWT | SF_ON_CLIENT,
	SF_ON_BEARER = SF_ON_IDENTITY | SF_ON_USERINFO | SF_ON_GET,
	SF_ON_ANY = 8191,
};

/* What the caller does. */
enum sf_next {
	SF_NEXT_STOP,  /* a failure, for good */
	SF_NEXT_DEAD,  /* the same, and the refresh token is dead: whoever keeps it deletes it */
	SF_NEXT_RETRY, /* a failure, but the same may succeed later */
	SF_NEXT_WAIT,  /* device flow: nothing is decided yet */
	SF_NEXT_SLOW_DOWN, /* the same, and 5 s more between polls from now on */
	SF_NEXT_GO_ON,     /* done */
};

#define SF_REPLY_CLASS_ROW_SIZE   40                    /* as struct sf_job_result */
#define SF_REPLY_CLASS_WORDS_SIZE SF_OUTCOME_WORDS_SIZE /* job.h */

struct sf_reply_class {
	enum sf_next next;
	enum sf_err failure; /* where next is not GO_ON */
	const char *row;     /* static; "ok" where there is no failure */
	enum sf_app_fault app;
	unsigned status;
	uint32_t retry_s;      /* Retry-After; 0: not said */
	char error[64];        /* at most 40 of A-Z a-z 0-9 - _; "" if none */
	char description[256]; /* perhaps hostile, cut, without long words; for logs, escaped */
};

/*
 * Read a reply. On GO_ON of a call that brings JSON, *ret_json is the body, an object, and the
 * caller's; otherwise it is NULL. Fails only with NOMEM.
 */
SF_CHECKED enum sf_err sf_reply_class_read(enum sf_call call, const struct sf_http_reply *reply,
    struct sf_reply_class *ret_answer, struct sf_json **ret_json, struct sf_error *e);

/*
 * What `error` and `error_description` mean that came otherwise than as a reply: in the address of
 * a callback. Both may be anything; "" is none. Always a failure.
 */
void sf_reply_class_of_words(enum sf_call call, const char *error, const char *description,
    struct sf_reply_class *ret_answer);

/*
 * For a person: what the server says, `error: description`, in printable ASCII only; "HTTP 400"
 * where it says nothing.
 */
void sf_reply_class_words(
    const struct sf_reply_class *answer, char ret[static SF_REPLY_CLASS_WORDS_SIZE]);

/*
 * Is the refresh token that was sent still as good as before? Only where Salesforce, or a page in
 * its place, has said that it did not take the request: not of what it gave (2xx), and not of a
 * gateway (502, 504), behind which it may have. No answer at all (status 0) says nothing.
 */
SF_CHECKED bool sf_reply_class_is_unspent(const struct sf_reply_class *answer);

/* The failure that an answer is, with row, status, error and description in the detail. */
enum sf_err sf_reply_class_fail(const struct sf_reply_class *answer, struct sf_error *e);
