/*
 * A place in the kernel keyring for the refresh token that a refresh may bring. The worker parks it
 * there itself, before anybody else hears of it: so neither the death of its caller nor a refusal
 * of the rest of the response loses it. The key is made before the sandbox, which then allows
 * nothing but to fill and link that key. Until it is linked, no other process sees it.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "token.h"

/*
 * Before a refresh: from here on only the job's deadline ends this process, not the death of its
 * caller. Then make the key with this name, filled with as many zeros as old's stored form has
 * bytes, so that the kernel's quota has room for the new one. *ret_key is 0 if the name is "", or
 * the kernel has no place. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_park_open(
    const char *name, const struct sf_token *old, long *ret_key, struct sf_error *e);

/* Put the token into the key and show it to the person's other processes. False: it failed. */
bool sf_park_put(long key, const struct sf_token *token);
