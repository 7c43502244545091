/*
 * base64url without padding (RFC 4648 section 5): PKCE, state, JWT.
 */
#pragma once

#include <stddef.h>

#define SF_BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1) /* with padding, while it is made, and NUL */

/* Encode len bytes, at most INT_MAX, into ret, which has SF_BASE64_SIZE(len). */
void sf_base64_url(const void *bytes, size_t len, char *ret);
