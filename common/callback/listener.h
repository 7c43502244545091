/*
 * Serve the callback of a sign-in in the browser, on sockets that already listen: the command
 * opened them on 127.0.0.1 and ::1. Every user of this machine and every page in a browser can
 * connect. Only a GET of the exact path, with the callback's Host and our state, ends the wait
 * (callback.h). Other requests get a response and change nothing.
 *
 * At most SF_LISTENER_VISITORS connections are open; a new one replaces the oldest. A connection
 * has SF_LISTENER_VISIT_S seconds to send its request.
 */
#pragma once

#include <stdint.h>

#include "attr.h"
#include "callback.h"
#include "err.h"
#include "page.h"

#define SF_LISTENER_VISITORS 12 /* the worker may have 32 descriptors */
#define SF_LISTENER_VISIT_S  10 /* seconds */

struct sf_listener_params {
	int fds[2];   /* listening sockets, -1: none; they become non-blocking */
	int watch_fd; /* its hang-up ends the wait; -1: none */
	const struct sf_callback_params *callback;
	const char *login;         /* https://HOST of the org: may send a preflight request */
	enum sf_language language; /* of the pages for other requests */
	int64_t deadline_ms;       /* clock.h */
};

/*
 * Wait for our callback. *ret_fd is its connection: the caller shows a page on it and closes it.
 * The caller clears *ret_callback. Fails with EXPIRED (deadline), INTERRUPTED (watch_fd), CONFIG
 * (the callback is not http://), SYSTEM or NOMEM.
 */
SF_CHECKED enum sf_err sf_listener_run(const struct sf_listener_params *params,
    struct sf_callback *ret_callback, int *ret_fd, struct sf_error *e);

/* Show a page on a connection, best effort. Does not close it. */
void sf_listener_show(int fd, const struct sf_page *page);
