/*
 * The person's side of the flow browser: listeners for the callback, and the browser itself.
 */
#pragma once

#include "attr.h"
#include "config.h"
#include "err.h"
#include "origin.h"
#include "ui.h"

#define SF_SIGNIN_BROWSER_PROGRAM       "/usr/bin/xdg-open"
#define SF_SIGNIN_BROWSER_CALLBACK_SIZE 512

struct sf_signin_browser {
	struct sf_ui ui;               /* for the job; borrows the struct, which stays */
	struct sf_ui *below;           /* who talks to the person; borrowed */
	const struct sf_origin *login; /* the only host that is opened; borrowed */
	int fds[2];                    /* listening on 127.0.0.1 and ::1; -1: none */
	char callback[SF_SIGNIN_BROWSER_CALLBACK_SIZE]; /* the one that they are for */
	char taken
	    [SF_SIGNIN_BROWSER_CALLBACK_SIZE]; /* the last one before it whose port was taken */
};

/*
 * Listen at the first of callbacks (http://localhost, with a port or 80) whose port is free on both
 * families as far as the machine has them: a port that somebody else has on one of them is left
 * alone, for the browser might go there. Fails with CONFIG (none is for this machine) or
 * PORTS_TAKEN. On success the caller clears it.
 */
SF_CHECKED enum sf_err sf_signin_browser_begin(
    const struct sf_list *callbacks, struct sf_signin_browser *ret_browser, struct sf_error *e);
/* Talk through below, and open what is on login. */
void sf_signin_browser_attach(
    struct sf_signin_browser *browser, struct sf_ui *below, const struct sf_origin *login);
void sf_signin_browser_clear(struct sf_signin_browser *browser); /* for SF_CLEANUP */

/*
 * Open an address in the person's browser: SF_SIGNIN_BROWSER_PROGRAM with the environment as it is,
 * no shell, and no terminal. It is nobody's child afterwards. An address that is not https on login
 * is not opened. False: not started.
 */
SF_CHECKED bool sf_signin_browser_open(const struct sf_origin *login, const char *address);
