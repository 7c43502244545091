/*
 * A struct sf_ui for a person at a terminal. It shows address and user code on standard error, and
 * on /dev/tty as well if standard error is not a terminal. If wanted, it adds a QR code of
 * the address, never of the user code: typing the code is what binds the approval to this sign-in.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "text.h"
#include "ui.h"

struct sf_tty_ui {
	struct sf_ui ui;  /* callers pass &tty.ui; points into this struct: do not move it */
	const char *org;  /* section name, borrowed */
	const char *host; /* host of the sign-in, borrowed */
	bool shows_qr;    /* the terminal shows UTF-8, and the person wants a QR code */
	bool counts_down; /* show the time left on a line of its own; set after begin */
};
/* There is nothing to clear. */
void sf_tty_ui_begin(struct sf_tty_ui *ret_tty, const char *org, const char *host, bool shows_qr);

/* Can a person be reached: has the process a controlling terminal? */
bool sf_tty_ui_is_there(void);

/* Append the words for the person, without the QR code. False: they do not fit. */
SF_CHECKED bool sf_tty_ui_words(
    const struct sf_tty_ui *tty, const struct sf_show *show, struct sf_text *ret_words);

/*
 * Append the QR code of text in half blocks, for light text on a dark background; each line ends
 * with LF. *ret_columns is its width. False: no memory, or it does not fit.
 */
SF_CHECKED bool sf_tty_ui_qr(const char *text, struct sf_text *ret_lines, unsigned *ret_columns);
