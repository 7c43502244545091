/*
 * sfoauth-keep stores a record from descriptor 4 in the kernel keyring. The module starts it as the
 * user who has just logged in, because a process can add keys to its own user's keyring only. It
 * has no options and no output; the exit status is 0 or 1.
 */
#include <sys/prctl.h>
#include <unistd.h>

#include "clock.h"
#include "kernel_token.h"
#include "secret.h"
#include "token.h"
#include "wire.h"

#include "banned.h"

/* Read the record and store its token. *ret_kept: the kernel has taken it. */
static enum sf_err store_record(bool *ret_kept, struct sf_error *e)
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
	/* A login never asks for a refresh token: a record with one did not come from a login. */
	if (!is_ours || token->refresh_token || sf_token_life_s(token, sf_clock_wall_s()) == 0)
		return SF_FAIL(
		    e, SF_E_EXPIRED, 0, "the record is not of a login, or its token has expired");
	return sf_kernel_token_put(token, ret_kept, e);
}

int main(void)
{
	struct sf_error e;
	bool is_kept = false;

	/* No core dump and no ptrace by the user's other processes: the token is in memory. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 1;
	/* Never into root's keyring: that would be the token of another person. */
	if (getuid() == 0 || geteuid() == 0)
		return 1;
	return store_record(&is_kept, &e) == SF_OK && is_kept ? 0 : 1;
}
