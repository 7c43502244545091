/*
 * Questions to the person at the controlling terminal: never on standard input or output, which may
 * be git's or a pipe's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "secret.h"

#define SF_TTY_ASK_MAX 4096 /* bytes of a line, without its end */

struct sf_tty_ask {
	const char *prompt;  /* shown as it is, without a line end */
	bool is_hidden;      /* nothing of the answer is shown */
	int64_t deadline_ms; /* clock.h; 0: none */
};

/*
 * One line, without its end; it may be empty. However the call ends, also by Ctrl-C or SIGTERM, the
 * terminal is as it was; a signal that came meanwhile takes effect afterwards. Fails with
 * CONVERSATION (no terminal, its end, more than SF_TTY_ASK_MAX), EXPIRED, INTERRUPTED, NOMEM.
 */
SF_CHECKED enum sf_err sf_tty_ask_line(
    const struct sf_tty_ask *ask, struct sf_secret **ret_line, struct sf_error *e);
