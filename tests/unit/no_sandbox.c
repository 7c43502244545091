/*
 * Sanitizer and valgrind builds link this in place of common/worker/sandbox/sandbox.c, since their
 * run-times make system calls of their own. It is never installed.
 */
#include "sandbox.h"

#include "banned.h"

enum sf_err sf_sandbox_drop_root(struct sf_error *e)
{
	(void)e;
	return SF_OK;
}

enum sf_err sf_sandbox_enter(
    const struct sf_sandbox_params *params, uint32_t *ret_landlock, struct sf_error *e)
{
	(void)params;
	(void)e;
	*ret_landlock = 0;
	return SF_OK;
}

uint32_t sf_sandbox_trapped(void)
{
	return 0;
}

void sf_sandbox_call_name(uint32_t trapped, char ret[static SF_SANDBOX_NAME_SIZE])
{
	(void)trapped;
	ret[0] = '\0';
}
