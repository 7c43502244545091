#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "cmd.h"
#include "rest.h"

#include "banned.h"

enum sf_err sf_cmd_api(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_rest_clear) struct sf_rest fetch = {0};
	char path[SF_URL_MAX];
	enum sf_err r = sf_cmd_begin(cmd, NULL, e);

	if (r == SF_OK)
		r = sf_rest_path(cmd, cmd->options->argument, path, sizeof(path), e);
	if (r == SF_OK)
		r = sf_rest_begin(cmd, &fetch, e);
	if (r != SF_OK)
		return r;
	/* The body to standard output, written by the worker. */
	r = sf_rest_to(&fetch, path, STDOUT_FILENO, e);
	sf_cmd_say_kept(cmd, fetch.token);
	if (r != SF_E_STORE)
		return r;
	/* As if we had written it: who closes the pipe early has what was wanted. */
	if (e->sys == EPIPE)
		(void)raise(SIGPIPE);
	return SF_FAIL(e, SF_E_SYSTEM, e->sys, "cannot write to standard output");
}
