/* Address and code of a decoy, made up on this host. No request leaves it. */
#include "decoy.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "text.h"

#include "banned.h"

#define PAGE   "/setup/connect" /* the path of Salesforce's verification_uri */
#define LIFE_S 600              /* Salesforce's expires_in */

enum sf_err sf_decoy_show(const char *login_url, struct sf_show *ret_show, struct sf_error *e)
{
	struct sf_show show = {.life_s = LIFE_S};
	struct sf_text uri = SF_TEXT(show.verification_uri);
	unsigned char random[SF_DECOY_CODE_LEN];

	if (!sf_text_add(&uri, login_url) || !sf_text_add(&uri, PAGE))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "login_url is too long to show");
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return SF_FAIL(e, SF_E_SYSTEM, errno, "no randomness for a code");
	/* Salesforce's codes have no 0, O, 1 and I. Five bits of a byte choose without bias. */
	_Static_assert(sizeof(SF_TEXT_READABLE) == 33, "32 characters and a NUL");
	for (size_t i = 0; i < SF_DECOY_CODE_LEN; i++)
		show.user_code[i] = SF_TEXT_READABLE[random[i] & 31];
	*ret_show = show;
	return SF_OK;
}
