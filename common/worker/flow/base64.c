#include "base64.h"

#include "banned.h"

void sf_base64_url(const void *bytes, size_t len, char *ret)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const unsigned char *in = bytes;
	unsigned held = 0, bits = 0;

	for (size_t i = 0; i < len; i++) {
		held = (held << 8 | in[i]) & 0xffff;
		for (bits += 8; bits >= 6; bits -= 6)
			*ret++ = digits[held >> (bits - 6) & 63];
	}
	if (bits > 0)
		*ret++ = digits[held << (6 - bits) & 63];
	*ret = '\0';
}
