/*
 * HTTPS requests to the one host of a job, over one connection that is kept: https only, TLS 1.2 or
 * later, the host resolved and the CA file read before the sandbox, no redirects, no cookies, no
 * netrc, no proxy but the job's, replies of at most SF_HTTP_REPLY_MAX bytes, one absolute deadline.
 * Only http* and form.c include <curl/curl.h>.
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
#include "http_reply.h"
#include "origin.h"

#define SF_HTTP_REQUEST_S 30 /* one request, where the deadline is further away */
#define SF_HTTP_CONNECT_S 10
#define SF_HTTP_GONE_MS   1500 /* what a running request still gets once nobody waits for it */

struct sf_http; /* opaque */

/*
 * Once per process, before anything else uses these libraries: libcurl and libcrypto get
 * allocators that wipe, and are initialised. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_http_start(struct sf_error *e);

struct sf_http_params {
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
    const struct sf_http_params *params, struct sf_http **ret_http, struct sf_error *e);
struct sf_http *sf_http_free(struct sf_http *http); /* closes the connection; NULL is fine */
void sf_http_freep(struct sf_http **http);

/* The one TCP port that connections go to. */
uint16_t sf_http_port(const struct sf_http *http);
/*
 * For the last requests (a revocation): another deadline, and nobody is watched any more. After a
 * hang-up only this lets requests run.
 */
void sf_http_cleanup_until(struct sf_http *http, int64_t deadline_ms);

/*
 * One request. Any HTTP status is a success here; reply_class.h knows what it means. Fails with
 * UNAVAILABLE (not reached, cut, too slow, nobody waits), TLS, TOO_LARGE, STORE (body_fd takes no
 * more), NOMEM.
 */
SF_CHECKED enum sf_err sf_http_run(struct sf_http *http, const struct sf_http_request *request,
    struct sf_http_reply *ret_reply, struct sf_error *e);
