/*
 * The person's side of the flow paste: the address where the browser ended, asked for at the
 * terminal.
 */
#pragma once

#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "ui.h"

struct sf_signin_paste {
	struct sf_ui ui;      /* for the job; borrows the struct, which stays */
	struct sf_ui *below;  /* shows the address to open; borrowed */
	const char *callback; /* borrowed */
	int64_t deadline_ms;  /* of the sign-in that was shown */
	unsigned asks;
};
void sf_signin_paste_begin(
    struct sf_signin_paste *ret_paste, struct sf_ui *below, const char *callback);

/* What is asked with. again: what came before was not the address. False: does not fit. */
SF_CHECKED bool sf_signin_paste_words(const char *callback, bool again, struct sf_text *ret_words);
