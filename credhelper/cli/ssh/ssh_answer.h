/*
 * The answer to a bound prompt: opens the address in the person's browser, and receives the
 * callback in the browser's place of the host. Decides nothing: that is ssh_address.h.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "settings.h"
#include "ssh_address.h"
#include "text.h"

#define SF_SSH_ANSWER_SIZE 1024 /* ssh reads at most 1,023 bytes from its askpass program */

/*
 * Open the address, wait for the browser, and write the address where it ended to ret_answer. who:
 * "ada@host", for the page that the browser shows last. Waits for its turn if another sign-in of
 * this person has the callback's port. Fails with PORTS_TAKEN (another program has it), EXPIRED,
 * USAGE (the answer is too long), SYSTEM, NOMEM.
 */
SF_CHECKED enum sf_err sf_ssh_answer(const struct sf_settings *settings,
    const struct sf_ssh_address *address, const char *who, struct sf_text *ret_answer,
    struct sf_error *e);
