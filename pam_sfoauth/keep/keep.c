/*
 * sfoauth-keep: as the user who has just logged in, a record from descriptor 4 into the kernel
 * keyring. Started by the module only; says nothing, exit status 0 or 1.
 */
#include <sys/prctl.h>
#include <unistd.h>

#include "clock.h"
#include "kernel_token.h"
#include "secret.h"
#include "token.h"
#include "wire.h"

#include "banned.h"

static enum sf_err keep(bool *ret_kept, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *stored = sf_secret_read(SF_WIRE_RECORD_FD, SF_TOKEN_STORED_MAX);
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	bool is_ours = false;
	enum sf_err r;

	if (!stored)
		return SF_FAIL(e, SF_E_SYSTEM, 0, "the record cannot be read");
	r = sf_token_parse(stored, &is_ours, &token, e);
	if (r != SF_OK)
		return r;
	/* A login's token comes without a refresh token; with one it is not from a login. */
	if (!is_ours || token->refresh_token || sf_token_life_s(token, sf_clock_wall_s()) == 0)
		return SF_FAIL(e, SF_E_EXPIRED, 0, "no token that is still good");
	return sf_kernel_token_put(token, ret_kept, e);
}

int main(void)
{
	struct sf_error e;
	bool is_kept = false;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 1;
	/* Root has a keyring of its own, and no token of ours belongs into it. */
	if (getuid() == 0 || geteuid() == 0)
		return 1;
	return keep(&is_kept, &e) == SF_OK && is_kept ? 0 : 1;
}
