/*
 * sfoauth api: one GET of a path of Salesforce's API; the body goes to standard output unchanged.
 * Sends no other method and no header of the person's.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "cmd.h"
#include "rest.h"

#include "banned.h"

enum sf_err sf_cmd_api(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_rest_clear) struct sf_rest rest = {0};
	char path[SF_URL_MAX];
	enum sf_err r = sf_cmd_begin(cmd, NULL, e);

	if (r == SF_OK)
		r = sf_rest_path(cmd, cmd->options->argument, path, sizeof(path), e);
	if (r == SF_OK)
		r = sf_rest_begin(cmd, &rest, e);
	if (r != SF_OK)
		return r;
	/* The worker writes the body as it arrives; this process never holds it. */
	r = sf_rest_to(&rest, path, STDOUT_FILENO, e);
	sf_cmd_say_kept(cmd, rest.token);
	if (r != SF_E_STORE)
		return r;
	/* The reader closed the pipe (`| head`): end like any program that writes to it. */
	if (e->sys == EPIPE)
		(void)raise(SIGPIPE);
	return SF_FAIL(e, SF_E_SYSTEM, e->sys, "cannot write to standard output");
}
