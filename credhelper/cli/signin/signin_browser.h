/*
 * The command's side of the flow browser: listeners for the callback (RFC 8252, section 7.3), and
 * the start of the person's browser.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "config.h"
#include "err.h"
#include "origin.h"
#include "signal_block.h"
#include "ui.h"

#define SF_SIGNIN_BROWSER_PROGRAM       "/usr/bin/xdg-open"
#define SF_SIGNIN_BROWSER_CALLBACK_SIZE 512
#define SF_SIGNIN_BROWSER_QUIET_S       30

struct sf_signin_browser {
	struct sf_ui ui;               /* for the job; points into this struct: do not move it */
	struct sf_ui *below;           /* shows the words to the person; borrowed */
	const struct sf_origin *login; /* the only host that may be opened; borrowed */
	int fds[2];                    /* listening on 127.0.0.1 and ::1; -1: none */
	char callback[SF_SIGNIN_BROWSER_CALLBACK_SIZE]; /* the URL that fds listen for */
	struct sf_signal_block block; /* while is_waiting: Ctrl-C first tells the likely reasons */
	bool is_waiting, is_told;     /* the person is in the browser; has read the reasons */
	uint32_t life_s;              /* of the wait */
	/* The last callback before it whose port another program has; "": none. */
	char taken[SF_SIGNIN_BROWSER_CALLBACK_SIZE];
};

/*
 * Listen at the first of callbacks (http://localhost, with a port or 80) whose port is free on
 * 127.0.0.1 and on ::1, or on the one of them that the machine has. A port that another program has
 * on one of them is skipped, because the browser could send the authorization code there. Fails
 * with CONFIG (no callback is at http://localhost), PORTS_TAKEN, BUG. On success the caller clears
 * *ret_browser.
 */
SF_CHECKED enum sf_err sf_signin_browser_begin(
    const struct sf_list *callbacks, struct sf_signin_browser *ret_browser, struct sf_error *e);

/*
 * Show words through `below`, and open addresses only if they are on `login`. Both are borrowed.
 * While the person is in the browser, SIGINT and the other signals of signal_block.h are blocked,
 * and looked for at each tick. If nothing came back after SF_SIGNIN_BROWSER_QUIET_S, and at SIGINT,
 * print why that may be.
 */
void sf_signin_browser_attach(
    struct sf_signin_browser *browser, struct sf_ui *below, const struct sf_origin *login);

/* Close the listeners, and deliver blocked signals; for SF_CLEANUP. */
void sf_signin_browser_clear(struct sf_signin_browser *browser);

/*
 * Open an address in the person's browser: run the first program of BROWSER that is there (commands
 * separated by colons, %s for the address), otherwise SF_SIGNIN_BROWSER_PROGRAM, with the unchanged
 * environment, without a shell and without a terminal. It runs on as a child of init. An address
 * that is not https on the host of `login` is not opened. False: not started.
 */
SF_CHECKED bool sf_signin_browser_open(const struct sf_origin *login, const char *address);
