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

#define SF_ASK_TTY_MAX 4096 /* bytes of a line, without its end */

struct sf_ask_tty {
	const char *prompt;  /* shown as it is, without a line end */
	bool is_hidden;      /* nothing of the answer is shown */
	int64_t deadline_ms; /* clock.h; 0: none */
};

/*
 * One line, without its end; it may be empty. However the call ends, also by Ctrl-C or SIGTERM, the
 * terminal is as it was; a signal that came meanwhile takes effect afterwards. Fails with
 * CONVERSATION (no terminal, its end, more than SF_ASK_TTY_MAX), EXPIRED, INTERRUPTED, NOMEM.
 */
SF_CHECKED enum sf_err sf_ask_tty_line(
    const struct sf_ask_tty *ask, struct sf_secret **ret_line, struct sf_error *e);
