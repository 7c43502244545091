/*
 * Encodes base64url: libcrypto's base64 with two other digits and without padding. Does not
 * decode.
 */
#include "base64.h"

#include <openssl/evp.h>

#include "banned.h"

void sf_base64_url(const void *bytes, size_t len, char *ret)
{
	(void)EVP_EncodeBlock((unsigned char *)ret, bytes, (int)len);
	for (; *ret != '\0' && *ret != '='; ret++) {
		if (*ret == '+')
			*ret = '-';
		else if (*ret == '/')
			*ret = '_';
	}
	*ret = '\0';
}
