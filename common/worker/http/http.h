/*
 * HTTPS requests to the one host of a job, over one connection that is kept: https only, TLS 1.2 or
 * later, the host resolved and the CA file read before the sandbox, no redirects, no cookies, no
 * netrc, no proxy but the job's, replies of at most SF_HTTP_REPLY_MAX bytes, one absolute deadline.
 * Only this room includes <curl/curl.h>.
 *
 * The body of a POST goes out once: libcurl's own repetition on a connection that turns out dead is
 * made impossible, because it may carry a code or token that is spent by being seen.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "origin.h"
#include "secret.h"

#define SF_HTTP_REPLY_MAX (256 * 1024)
#define SF_HTTP_BODY_MAX  (64 * 1024 * 1024) /* a body that is streamed to a descriptor */
#define SF_HTTP_REQUEST_S 30                 /* one request, where the deadline is further away */
#define SF_HTTP_CONNECT_S 10
#define SF_HTTP_GONE_MS   1500 /* what a running request still gets once nobody waits for it */

struct sf_http; /* opaque */

/*
 * Once per process, before anything else uses these libraries: libcurl and libcrypto get
 * allocators that wipe, and are initialised. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_http_start(struct sf_error *e);

struct sf_http_ask {
	const struct sf_origin *origin; /* every request goes here */
	const char *base;               /* the same with a path that all begin with; NULL: none */
	const char *proxy;              /* "http://HOST:PORT"; "" = none */
	const char *ca_file;            /* absolute; "" = SF_TLS_CA_FILE */
	const char *ca_text;            /* PEM, in place of a file; NULL = none */
	int64_t deadline_ms;            /* clock.h */
	int watch_fd;                   /* its hang-up ends requests early; -1: none */
};

/*
 * All that needs files, name service or threads: resolve the host or the proxy, read the CA file,
 * prepare TLS. After this the process can be confined. Fails with UNAVAILABLE (name), CONFIG (CA
 * file, proxy), NOMEM, SYSTEM.
 */
SF_CHECKED enum sf_err sf_http_open(
    const struct sf_http_ask *ask, struct sf_http **ret_http, struct sf_error *e);
struct sf_http *sf_http_free(struct sf_http *http); /* closes the connection; NULL is fine */
void sf_http_freep(struct sf_http **http);

/* The one TCP port that connections go to. */
uint16_t sf_http_port(const struct sf_http *http);
/*
 * For the last requests (a revocation): another deadline, and nobody is watched any more. After a
 * hang-up only this lets requests run.
 */
void sf_http_cleanup_until(struct sf_http *http, int64_t deadline_ms);

struct sf_http_request {
	const char *path;               /* "/..." with query, printable, no spaces */
	const struct sf_secret *form;   /* POST with this body; NULL: GET */
	const struct sf_secret *bearer; /* NULL: none */
	const char *basic_user;         /* Authorization: Basic; NULL: none; not with bearer */
	const struct sf_secret *basic_password;
	bool is_named_user; /* Auth-Request-Type: a site's sign-in for programs */
	/*
	 * Written to mark_fd right before the first byte of the form leaves, and never without
	 * that: where there is no mark, the form was not sent. Fails with STORE, unsent, where it
	 * cannot be written.
	 */
	const char *mark; /* NULL: none */
	int mark_fd;
	bool streams; /* write a 2xx body to body_fd, not into the reply */
	int body_fd;
};

/* Write the mark, if there is one. False with errno: it cannot be written. */
SF_CHECKED bool sf_http_request_mark(const struct sf_http_request *request);

struct sf_http_reply {
	unsigned status;        /* 100 to 599 */
	uint32_t retry_s;       /* Retry-After, up to a day, also from a date; 0: not said */
	uint64_t date_s;        /* Date, s since the epoch; 0: not said */
	bool is_html;           /* as the server called it, or as it begins */
	struct sf_secret *body; /* "" where it was streamed; owned by the struct */
};
void sf_http_reply_clear(struct sf_http_reply *reply); /* for SF_CLEANUP */
/* HTML, as type (NULL: not told) calls it, or as the body begins? */
bool sf_http_reply_is_html(const char *type, const struct sf_secret *body);

/*
 * One request. Any HTTP status is a success here; reply_class.h knows what it means. Fails with
 * UNAVAILABLE (not reached, cut, too slow, nobody waits), TLS, TOO_LARGE, STORE (body_fd takes no
 * more), NOMEM.
 */
SF_CHECKED enum sf_err sf_http_run(struct sf_http *http, const struct sf_http_request *request,
    struct sf_http_reply *ret_reply, struct sf_error *e);
