/*
 * What an HTTP reply of Salesforce means. The rows are in reply_class.def. Decisions depend on
 * `error`, the status and the kind of body. HTML instead of JSON means "later", never "wrong
 * password".
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "http.h"
#include "job.h"
#include "json.h"

/* The request that was sent: bits, so that a row can be for several. */
enum sf_call {
	SF_ON_START = 1,     /* device flow, start */
	SF_ON_POLL = 2,      /* device flow, poll */
	SF_ON_REFRESH = 4,   /* refresh */
	SF_ON_IDENTITY = 8,  /* identity document */
	SF_ON_USERINFO = 16, /* userinfo */
	SF_ON_GET = 32,      /* one GET for the command; the body of a 2xx is not read */
	SF_ON_REVOKE = 64,   /* revocation; the body of a 2xx is not read */
	SF_ON_PASSWORD = 128,
	SF_ON_CODE = 256,        /* exchange of an authorization code */
	SF_ON_AUTHORIZE = 512,   /* a site's code_credentials, or the query of a callback */
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
	SF_NEXT_STOP,      /* fail; the same request would fail again */
	SF_NEXT_DEAD,      /* fail; the refresh token is dead and must be deleted */
	SF_NEXT_RETRY,     /* fail; the same request may succeed later */
	SF_NEXT_FOREIGN,   /* fail; the id in the path is not the one of the token */
	SF_NEXT_WAIT,      /* device flow: poll again */
	SF_NEXT_SLOW_DOWN, /* device flow: poll again, from now on 5 s later each time */
	SF_NEXT_GO_ON,     /* success */
};

#define SF_REPLY_CLASS_ROW_SIZE   40                    /* row of struct sf_job_result */
#define SF_REPLY_CLASS_WORDS_SIZE SF_OUTCOME_WORDS_SIZE /* job.h */

struct sf_reply_class {
	enum sf_next next;
	enum sf_err failure;   /* if next is not GO_ON */
	const char *row;       /* static; "ok" if next is GO_ON */
	enum sf_app_fault app; /* what the reply says about the app */
	unsigned status;       /* of HTTP */
	uint32_t retry_s;      /* Retry-After, s; 0: none */
	char error[64];        /* at most 40 of A-Z a-z 0-9 - _; "" if none */
	char description[256]; /* untrusted, cut, without long words: escape it for logs */
};

/*
 * Classify a reply. If the class is GO_ON and the call returns JSON, *ret_json is the body, an
 * object, which the caller frees; otherwise it is NULL. Fails only with NOMEM.
 */
SF_CHECKED enum sf_err sf_reply_class_read(enum sf_call call, const struct sf_http_reply *reply,
    struct sf_reply_class *ret_class, struct sf_json **ret_json, struct sf_error *e);

/*
 * Classify `error` and `error_description` that came in the query of a callback, not in a reply.
 * Both are untrusted text; "" means absent. The class is always a failure.
 */
void sf_reply_class_of_words(enum sf_call call, const char *error, const char *description,
    struct sf_reply_class *ret_class);

/*
 * Write the server's message for a person to ret, "error: description" in printable ASCII;
 * "HTTP 400" if it sent none.
 */
void sf_reply_class_words(
    const struct sf_reply_class *class, char ret[static SF_REPLY_CLASS_WORDS_SIZE]);

/*
 * Is the refresh token that was sent certainly still unused? True only if the reply refuses the
 * request, or is an HTML page of a proxy. Not after a 2xx, not after 502 or 504 (Salesforce may
 * have processed the request behind the gateway), and not without a reply (status 0). With
 * rotation, sending a used refresh token again can revoke the whole sign-in.
 */
SF_CHECKED bool sf_reply_class_is_unspent(const struct sf_reply_class *class);

/* Fail with the code of a class; the detail has row, status, error and description. */
enum sf_err sf_reply_class_fail(const struct sf_reply_class *class, struct sf_error *e);
