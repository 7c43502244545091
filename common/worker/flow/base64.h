/*
 * base64url without padding (RFC 4648 section 5), for PKCE, state and JWT.
 */
#pragma once

#include <stddef.h>

#define SF_BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1) /* with NUL, and padding that is removed */

/* Encode len bytes, at most INT_MAX, into ret, which has room for SF_BASE64_SIZE(len) bytes. */
void sf_base64_url(const void *bytes, size_t len, char *ret);
