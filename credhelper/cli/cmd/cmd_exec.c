/*
 * sfoauth exec: run a command with an access token in its environment. This process becomes the
 * command (execve): it cannot renew the token later.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cmd.h"
#include "json_out.h"
#include "program.h"
#include "text.h"

#include "banned.h"

#define SF_VARIABLE_SIZE   (SF_TOKEN_ACCESS_MAX + 64)
#define SF_VARIABLES_COUNT 2

/*
 * Find the program before the sign-in, so that a typing error costs none. ret gets the path. Fails
 * with USAGE.
 */
static enum sf_err find_program(const char *name, char *ret, size_t size, struct sf_error *e)
{
	if (sf_program_find(name, ret, size))
		return SF_OK;
	return SF_FAIL_MESSAGE(e, SF_E_USAGE,
	    strchr(name, '/') ? SF_MESSAGE_NO_SUCH_PROGRAM : SF_MESSAGE_NOT_IN_PATH,
	    SF_WITH({"program", name}));
}

/* Does this process set the variable itself? Then the inherited one would be an older token. */
static bool is_ours(const char *variable)
{
	return sf_text_starts(variable, SF_JSON_OUT_TOKEN_VARIABLE "=") ||
	       sf_text_starts(variable, SF_JSON_OUT_INSTANCE_VARIABLE "=");
}

/*
 * Become the command: its environment is our variables, then the inherited ones. The token goes
 * only into the environment, never into argv, which every user can read in /proc. Returns only on
 * failure; the copy of the token is wiped then. instance: "NAME=URL". The command gets the limit of
 * core dumps that we have found.
 */
static enum sf_err run_program(const struct sf_cmd *cmd, const char *path,
    const struct sf_secret *token, const char *instance, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *variable = sf_secret_new(SF_VARIABLE_SIZE);
	const char **environment;
	size_t count = 0, n = 0;
	int why;

	if (!variable || !sf_secret_add_text(variable, SF_JSON_OUT_TOKEN_VARIABLE "=") ||
	    !sf_secret_add_secret(variable, token))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	while (environ[count])
		count++;
	environment = calloc(count + SF_VARIABLES_COUNT + 1, sizeof(*environment));
	if (!environment)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for an environment");
	environment[n++] = sf_secret_reveal(variable);
	environment[n++] = instance;
	for (size_t i = 0; i < count; i++) {
		if (!is_ours(environ[i]))
			environment[n++] = environ[i];
	}
	/* This process still makes no core dump: it is not dumpable until execve. */
	(void)setrlimit(RLIMIT_CORE, &cmd->core_limit);
	(void)execve(path, cmd->options->rest, (char *const *)(uintptr_t)environment);
	why = errno;
	free(environment);
	return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_CANNOT_RUN,
	    SF_WITH({"program", path}, {"why", strerror(why)}));
}

enum sf_err sf_cmd_exec(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	char path[SF_PROGRAM_SIZE], url[SF_ORIGIN_SIZE];
	char instance[sizeof(SF_JSON_OUT_INSTANCE_VARIABLE "=") + SF_ORIGIN_SIZE];
	struct sf_text text = SF_TEXT(instance);
	enum sf_err r = find_program(cmd->options->rest[0], path, sizeof(path), e);

	if (r == SF_OK)
		r = sf_cmd_begin(cmd, NULL, e);
	if (r == SF_OK)
		r = sf_session_token(&cmd->session, &token, e);
	if (r != SF_OK)
		return r;
	sf_cmd_say_kept(cmd, token);
	sf_json_out_url(sf_token_api_origin(token), url);
	if (!sf_text_addf(&text, SF_JSON_OUT_INSTANCE_VARIABLE "=%s", url))
		return SF_FAIL(
		    e, SF_E_BUG, 0, "the instance URL is longer than %d", SF_ORIGIN_SIZE);
	/* execve discards the buffers of stdio. */
	(void)fflush(NULL);
	return run_program(cmd, path, token->access_token, instance, e);
}
