/*
 * The decoy: the dialogue for an account of class nobody. It has the words and the form of a real
 * sign-in, so that an attacker cannot find out which accounts exist. Its code is random and was
 * never issued; no request leaves the host.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "ui.h"

#define SF_DECOY_CODE_LEN 8 /* like Salesforce's user_code, letters of SF_TEXT_READABLE */

/*
 * Fill *ret_show with an address on login_url and a random code. Fails with SYSTEM (getrandom(2)
 * failed, or login_url is too long).
 */
SF_CHECKED enum sf_err sf_decoy_show(
    const char *login_url, struct sf_show *ret_show, struct sf_error *e);
