/*
 * What a stranger sees who asks for an account that is nobody's: the same words and shape as a
 * real sign-in, with a code that nobody issued. No request leaves the machine.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "ui.h"

#define SF_DECOY_CODE_LEN 8 /* as Salesforce's: A-Z 0-9 */

/* An address on login_url and a random code. Fails with SYSTEM (no randomness, too long). */
SF_CHECKED enum sf_err sf_decoy_show(
    const char *login_url, struct sf_show *ret_show, struct sf_error *e);
