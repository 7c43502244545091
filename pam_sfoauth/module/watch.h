/*
 * What ends a wait of the module early: the person has gone, or has asked to stop.
 *
 * The person has gone when the client of the host's connection hangs up (sshd does not tell its
 * modules), or when the terminal of a local login is closed. The person asks to stop by a signal;
 * hosts such as sudo block SIGINT and SIGQUIT and catch SIGTERM and SIGHUP while PAM runs, so that
 * the signal reaches nobody.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"

struct sf_watch {
	int client;   /* the host's own socket, borrowed and never read; -1: none was found */
	int terminal; /* /dev/tty, owned; -1: none */
	bool is_begun, has_mask;
	sigset_t mask; /* the host's, restored at the end */
};

/* Who is at the other end of the host's connection. Strings are borrowed, NULL or "" is unknown. */
struct sf_watch_peer {
	const char *ssh_connection; /* "ADDRESS PORT ADDRESS PORT", from sshd's PAM environment */
	const char *rhost;          /* PAM_RHOST; only an address is of use */
};

/*
 * Look for the connection or the terminal, and block those of SIGINT, SIGQUIT, SIGTERM and SIGHUP
 * that the host catches, in this thread, until sf_watch_endp. What cannot be found is not watched:
 * this never fails. A watch of zeros is one that has not begun.
 */
void sf_watch_begin(struct sf_watch *watch, const struct sf_watch_peer *peer);

/* Restores the signal mask; a signal that came meanwhile reaches the host now. For SF_CLEANUP. */
void sf_watch_endp(struct sf_watch *watch);

/*
 * Wait until fd (-1: nothing) can be read, or until until_ms (clock.h).
 * Fails with CLIENT_GONE, INTERRUPTED (sys is the signal), SYSTEM, or, where fd is given, with
 * UNAVAILABLE and sys ETIMEDOUT at until_ms. Without fd, the end of the time is SF_OK.
 * watch may be NULL: then only fd and time count.
 */
SF_CHECKED enum sf_err sf_watch_wait(
    const struct sf_watch *watch, int fd, int64_t until_ms, struct sf_error *e);
