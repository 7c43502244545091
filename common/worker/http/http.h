/*
 * HTTPS requests to the host of a job, over one connection that is reused. https only, TLS 1.2 or
 * later. The host is resolved and the CA file is read before the sandbox. No redirects, no cookies,
 * no netrc, no proxy except the job's. Replies have at most SF_HTTP_REPLY_MAX bytes. One absolute
 * deadline. Only http* and form.c include <curl/curl.h>.
 *
 * The body of a POST is sent at most once. libcurl would repeat it on a dead connection; that is
 * blocked, because the body may have a code or a refresh token that works only once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "http_reply.h"
#include "origin.h"

#define SF_HTTP_REQUEST_S 30   /* limit of one request, if the deadline is later */
#define SF_HTTP_CONNECT_S 10   /* limit of connecting, with the TLS handshake */
#define SF_HTTP_GONE_MS   1500 /* time that a running request has after the caller hangs up */

struct sf_http; /* opaque */

/*
 * Initialise libcurl and libcrypto, with allocators that wipe what they free. Call once per
 * process, before anything else uses these libraries. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_http_start(struct sf_error *e);

struct sf_http_params {
	const struct sf_origin *origin; /* every request goes here */
	const char *base;               /* origin and path in front of each path; NULL: origin */
	const char *proxy;              /* "http://HOST:PORT"; "" = none */
	const char *ca_file;            /* absolute; "" = SF_TLS_CA_FILE */
	const char *ca_text;            /* PEM, in place of a file; NULL = none */
	int64_t deadline_ms;            /* clock.h */
	int watch_fd;                   /* its hang-up ends requests early; -1: none */
};

/*
 * Do all that needs files, the name service or threads: resolve the host or the proxy, read the CA
 * file, prepare TLS. After this the process can enter the sandbox. Opens no connection yet. The
 * caller frees *ret_http; params may go. Fails with UNAVAILABLE (name), CONFIG (CA file, proxy),
 * NOMEM or SYSTEM.
 */
SF_CHECKED enum sf_err sf_http_open(
    const struct sf_http_params *params, struct sf_http **ret_http, struct sf_error *e);
struct sf_http *sf_http_free(struct sf_http *http); /* closes the connection; NULL is fine */
void sf_http_freep(struct sf_http **http);

/* The TCP port that connections go to, of the host or of the proxy. */
uint16_t sf_http_port(const struct sf_http *http);
/*
 * For the last requests (a revocation): set another deadline and stop watching watch_fd. After a
 * hang-up, requests run only after this call.
 */
void sf_http_cleanup_until(struct sf_http *http, int64_t deadline_ms);

/*
 * Send one request and read the reply, which the caller clears. Any HTTP status is a success here;
 * reply_class.h interprets it. Fails with UNAVAILABLE (no connection, cut off, too slow), TLS,
 * INTERRUPTED (watch_fd hung up), ANSWER (not HTTP, or an ambiguous header), TOO_LARGE, STORE (mark
 * or body cannot be written), NOMEM or SYSTEM.
 */
SF_CHECKED enum sf_err sf_http_run(struct sf_http *http, const struct sf_http_request *request,
    struct sf_http_reply *ret_reply, struct sf_error *e);
