/*
 * PKCE (RFC 7636) with S256, and the randomness of a sign-in through the browser.
 */
#pragma once

#include "attr.h"
#include "base64.h"
#include "err.h"
#include "secret.h"

#define SF_PKCE_BYTES     32
#define SF_PKCE_TEXT_SIZE SF_BASE64_SIZE(SF_PKCE_BYTES) /* 43 characters: RFC 7636's least */

/*
 * 32 random bytes as base64url: a verifier, a state, the number of a JWT. The caller frees it.
 * Fails with SYSTEM (no randomness) or NOMEM.
 */
SF_CHECKED enum sf_err sf_pkce_random(struct sf_secret **ret_text, struct sf_error *e);

/* base64url(SHA-256(verifier)). Fails with SYSTEM. */
SF_CHECKED enum sf_err sf_pkce_challenge(
    const struct sf_secret *verifier, char ret[static SF_PKCE_TEXT_SIZE], struct sf_error *e);
