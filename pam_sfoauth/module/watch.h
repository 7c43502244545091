/*
 * Ends a wait of the module early if the person is gone or wants to stop. Without it, an abandoned
 * sign-in holds its waiting place and its worker until the deadline.
 *
 * The person is gone if the client closes the application's connection (sshd does not inform its
 * modules) or if the terminal of a local login is closed. A signal means that the person wants to
 * stop. Applications such as sudo block SIGINT and SIGQUIT and catch SIGTERM and SIGHUP while PAM
 * runs, so these signals have no effect of their own.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"

struct sf_watch {
	int client;   /* the application's socket, borrowed and never read; -1: not found */
	int terminal; /* /dev/tty, else a duplicate of standard error, owned; -1: none */
	bool is_begun, has_mask;
	sigset_t mask; /* the application's, restored at the end */
};

/* The client of the application's connection. Strings are borrowed; NULL or "" is unknown. */
struct sf_watch_peer {
	const char *ssh_connection; /* "ADDRESS PORT ADDRESS PORT", from sshd's PAM environment */
	const char *rhost;          /* PAM_RHOST; used only if it is an address */
};

/*
 * Find the connection and open the terminal. Until sf_watch_endp, block in this thread those of
 * SIGINT, SIGQUIT, SIGTERM and SIGHUP that the application catches. Never fails: a connection or
 * terminal that is not found is not watched. A zeroed struct is a watch that has not begun.
 */
void sf_watch_begin(struct sf_watch *watch, const struct sf_watch_peer *peer);

/*
 * Restores the signal mask; the application then gets a pending signal. Discards what was typed at
 * the terminal and not read. For SF_CLEANUP.
 */
void sf_watch_endp(struct sf_watch *watch);

/*
 * Wait until fd can be read (-1: there is none), or until until_ms (clock.h). At until_ms this is
 * SF_OK without fd, and with fd fails with UNAVAILABLE and sys ETIMEDOUT. Also fails with
 * CLIENT_GONE, INTERRUPTED (sys is the signal's number) or SYSTEM. If watch is NULL, only fd and
 * the time end the wait. Meanwhile the terminal does not echo, and signals that would end the
 * application are blocked; both are as before when this returns.
 */
SF_CHECKED enum sf_err sf_watch_wait(
    const struct sf_watch *watch, int fd, int64_t until_ms, struct sf_error *e);
