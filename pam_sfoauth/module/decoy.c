#include "decoy.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "text.h"

#include "banned.h"

#define PAGE   "/setup/connect" /* where Salesforce asks for the code */
#define LIFE_S 600

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
		/* Each letter equally likely: the last, incomplete row of bytes is not used. */
		if (byte < 256 / count * count)
			show.user_code[len++] = SF_TEXT_UPPER_DIGITS[byte % count];
	}
	*ret_show = show;
	return SF_OK;
}
