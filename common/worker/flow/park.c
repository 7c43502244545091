/* Parks a refresh token in a kernel key. Does not decide when: flow_refresh.c does. */
#include "park.h"

#include <errno.h>
#include <sys/prctl.h>

#include "keyctl.h"

#include "banned.h"

enum sf_err sf_park_open(
    const char *name, const struct sf_token *old, long *ret_key, struct sf_error *e)
{
	static const char zeros[SF_TOKEN_STORED_MAX];
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	enum sf_err r = SF_OK;

	*ret_key = SF_KEYCTL_NONE;
	if (prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot outlive the caller");
	if (name[0] == '\0')
		return SF_OK;
	r = sf_token_format(old, &stored, e);
	if (r == SF_OK)
		*ret_key =
		    sf_keyctl_make(name, zeros, sf_secret_len(stored), SF_KEYCTL_PENDING_LIFE_S);
	return r;
}

bool sf_park_put(long key, const struct sf_token *token)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	struct sf_error ignored;

	return key > 0 && sf_token_format(token, &stored, &ignored) == SF_OK &&
	       sf_keyctl_update(key, sf_secret_reveal(stored), sf_secret_len(stored),
		   SF_KEYCTL_PENDING_LIFE_S) &&
	       sf_keyctl_link(key);
}
