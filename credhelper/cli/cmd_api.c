#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "text.h"

#include "banned.h"

static enum sf_err fill_in(
    const struct sf_cmd *cmd, char *ret_path, size_t size, struct sf_error *e)
{
	static const char mark[] = "{version}";
	struct sf_text path = sf_text_over(ret_path, size);
	const char *p = cmd->options->argument;

	if (p[0] != '/' || p[1] == '/')
		return SF_FAIL(e, SF_E_USAGE, 0, "PATH starts with one slash: /services/data/...");
	for (const char *found; (found = strstr(p, mark)) != NULL; p = found + strlen(mark)) {
		sf_text_add_bytes(&path, p, (size_t)(found - p));
		sf_text_add(&path, cmd->org->api_version);
	}
	if (!sf_text_add(&path, p))
		return SF_FAIL(e, SF_E_USAGE, 0, "PATH is longer than %d", SF_URL_MAX);
	if (!sf_text_is_printable(ret_path) || strchr(ret_path, ' ') != NULL)
		return SF_FAIL(e, SF_E_USAGE, 0,
		    "PATH is plain ASCII without spaces: write %%20 or + for one");
	return SF_OK;
}

/* The body to standard output, written by the worker. */
static enum sf_err get(
    const struct sf_cmd *cmd, const struct sf_token *token, const char *path, struct sf_error *e)
{
	uint32_t status = 0;
	const enum sf_err r = sf_session_get(&cmd->session, token, path, STDOUT_FILENO, &status, e);

	if (r != SF_E_STORE)
		return r;
	/* As if we had written it: who closes the pipe early has what was wanted. */
	if (e->sys == EPIPE)
		(void)raise(SIGPIPE);
	return SF_FAIL(e, SF_E_SYSTEM, e->sys, "cannot write to standard output");
}

enum sf_err sf_cmd_api(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *other = NULL;
	char path[SF_URL_MAX];
	enum sf_err r = sf_cmd_begin(cmd, NULL, e);

	if (r == SF_OK)
		r = fill_in(cmd, path, sizeof(path), e);
	if (r == SF_OK)
		r = sf_session_token(&cmd->session, &token, e);
	if (r != SF_OK)
		return r;
	if (token->scope[0] != '\0' && !sf_token_has_scope(token, "api"))
		return SF_FAIL(e, SF_E_SCOPE, 0, "the token has '%s' and needs api", token->scope);
	r = get(cmd, token, path, e);
	/* Not accepted any more, and nothing of a body has been written: once more with another. */
	if (r == SF_E_SIGN_IN_NEEDED) {
		r = sf_session_replace(&cmd->session, token, &other, e);
		if (r == SF_OK)
			r = get(cmd, other, path, e);
	}
	sf_cmd_say_kept(cmd, other != NULL ? other : token);
	return r;
}
