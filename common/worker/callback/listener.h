/*
 * Serve the callback of a sign-in through the browser, on sockets that listen already (the command
 * opened them, on 127.0.0.1 and ::1). Everybody on this machine, and every page in a browser, can
 * come here: only a GET of the exact path under the callback's own Host, with our state, ends the
 * wait (callback.h). All others get an answer and are forgotten.
 *
 * SF_LISTENER_VISITORS connections at most are open; the oldest makes room for a new one, and none
 * has longer than SF_LISTENER_VISIT_S to say what it wants.
 */
#pragma once

#include <stdint.h>

#include "attr.h"
#include "callback.h"
#include "err.h"
#include "page.h"

#define SF_LISTENER_VISITORS 12 /* the worker may have 32 descriptors */
#define SF_LISTENER_VISIT_S  10

struct sf_listener_params {
	int fds[2];   /* listening; -1: none. Made non-blocking here */
	int watch_fd; /* its hang-up ends the wait; -1: none */
	const struct sf_callback_params *callback;
	const char *login;         /* https://HOST of the org, for a preflight */
	enum sf_language language; /* of the pages for whoever is turned away */
	int64_t deadline_ms;
};

/*
 * Wait for our callback. *ret_fd is the connection that it came on, which waits for its page: the
 * caller's. Fails with EXPIRED (the deadline), INTERRUPTED (watch_fd), SYSTEM, NOMEM.
 */
SF_CHECKED enum sf_err sf_listener_run(const struct sf_listener_params *params,
    struct sf_callback *ret_callback, int *ret_fd, struct sf_error *e);

/* The last page. Whoever is gone does not need it. */
void sf_listener_show(int fd, const struct sf_page *page);
