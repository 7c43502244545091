/*
 * PKCE (RFC 7636) with S256, and the random values of a sign-in.
 */
#pragma once

#include "attr.h"
#include "base64.h"
#include "err.h"
#include "secret.h"

#define SF_PKCE_BYTES     32
#define SF_PKCE_TEXT_SIZE SF_BASE64_SIZE(SF_PKCE_BYTES) /* 43 characters, RFC 7636's minimum */

/*
 * 32 random bytes as base64url, for a verifier, a state or the jti of a JWT. The caller frees
 * *ret_text. Fails with SYSTEM (no random bytes) or NOMEM.
 */
SF_CHECKED enum sf_err sf_pkce_random(struct sf_secret **ret_text, struct sf_error *e);

/* The S256 challenge: base64url(SHA-256(verifier)). Fails with SYSTEM. */
SF_CHECKED enum sf_err sf_pkce_challenge(
    const struct sf_secret *verifier, char ret[static SF_PKCE_TEXT_SIZE], struct sf_error *e);
