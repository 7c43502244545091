/*
 * struct sf_ui for a person at a terminal: address and code on standard error, and on /dev/tty
 * too where standard error goes elsewhere; with a code a QR code of the address, never of the code,
 * on a UTF-8 terminal.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "text.h"
#include "ui.h"

struct sf_tty_ui {
	struct sf_ui ui;  /* hand out &tty.ui */
	const char *org;  /* section name, borrowed */
	const char *host; /* where the sign-in goes, borrowed */
	bool is_utf8;
	bool counts_down; /* the time left, on a line of its own; set after begin */
};
void sf_tty_ui_begin(struct sf_tty_ui *ret_tty, const char *org, const char *host, bool is_utf8);

/* Is there a person: a controlling terminal that can be opened? */
bool sf_tty_ui_is_there(void);

/* The words, without the QR code. False: does not fit. */
SF_CHECKED bool sf_tty_ui_words(
    const struct sf_tty_ui *tty, const struct sf_show *show, struct sf_text *ret_words);

/*
 * The QR code of text in half blocks, light on dark as terminals mostly are, each line ended by
 * LF. *ret_columns is its width. False: no code, or it does not fit.
 */
SF_CHECKED bool sf_tty_ui_qr(const char *text, struct sf_text *ret_lines, unsigned *ret_columns);
