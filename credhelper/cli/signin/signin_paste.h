/*
 * The command's side of the flow paste: the person opens an address in any browser, and pastes the
 * address where the browser ended into the terminal. Needs no listener.
 */
#pragma once

#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "ui.h"

struct sf_signin_paste {
	struct sf_ui ui;      /* for the job; points into this struct: do not move it */
	struct sf_ui *below;  /* shows the address to open; borrowed */
	const char *callback; /* borrowed */
	int64_t deadline_ms;  /* when the sign-in that was shown expires */
	unsigned asks;        /* how often the worker has asked */
};

/* There is nothing to clear. */
void sf_signin_paste_begin(
    struct sf_signin_paste *ret_paste, struct sf_ui *below, const char *callback);

/* The question. again: the previous response was not the address. False: does not fit. */
SF_CHECKED bool sf_signin_paste_words(const char *callback, bool again, struct sf_text *ret_words);
