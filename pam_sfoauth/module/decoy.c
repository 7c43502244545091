/* Address and code of a decoy, made up on this host. No request leaves it. */
#include "decoy.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "text.h"

#include "banned.h"

#define PAGE   "/setup/connect" /* the path of Salesforce's verification_uri */
#define LIFE_S 600              /* Salesforce's expires_in */

enum sf_err sf_decoy_show(const char *login_url, struct sf_show *ret_show, struct sf_error *e)
{
	const unsigned count = sizeof(SF_TEXT_UPPER_DIGITS) - 1;
	struct sf_show show = {.life_s = LIFE_S};
	struct sf_text uri = SF_TEXT(show.verification_uri);

	if (!sf_text_add(&uri, login_url) || !sf_text_add(&uri, PAGE))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "login_url is too long to show");
	for (size_t len = 0; len < SF_DECOY_CODE_LEN;) {
		uint8_t byte;

		if (getrandom(&byte, sizeof(byte), 0) != (ssize_t)sizeof(byte))
			return SF_FAIL(e, SF_E_SYSTEM, errno, "no randomness for a code");
		/*
		 * Drop the bytes above the last multiple of count: every letter is equally likely.
		 */
		if (byte < 256 / count * count)
			show.user_code[len++] = SF_TEXT_UPPER_DIGITS[byte % count];
	}
	*ret_show = show;
	return SF_OK;
}
