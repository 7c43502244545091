/*
 * Questions to the person at the controlling terminal. They do not use standard input or output,
 * which may belong to git or to a pipe.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "secret.h"

#define SF_TTY_ASK_MAX 4096 /* bytes of a line, without its line end */

struct sf_tty_ask {
	const char *prompt;  /* shown unchanged; no line end is added */
	bool is_hidden;      /* the response is not echoed */
	int64_t deadline_ms; /* of the monotonic clock (clock.h); 0: none */
};

/*
 * Ask, and read one line without its line end; it may be empty. The caller frees *ret_line. The
 * terminal is restored in every case, also after Ctrl-C or SIGTERM; such a signal is delivered
 * afterwards. Fails with CONVERSATION (no terminal, end of input, a line longer than
 * SF_TTY_ASK_MAX), EXPIRED (deadline), INTERRUPTED (signal), NOMEM.
 */
SF_CHECKED enum sf_err sf_tty_ask_line(
    const struct sf_tty_ask *ask, struct sf_secret **ret_line, struct sf_error *e);
