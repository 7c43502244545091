/*
 * sfoauth api: one GET of a path of Salesforce's API. The body goes to standard output unchanged;
 * on a terminal, control characters are escaped. Sends no other method and no header of the
 * person's.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"
#include "rest.h"
#include "text.h"

#include "banned.h"

#define SF_SHOWN_MAX ((size_t)64 * 1024 * 1024) /* the limit of the worker */

static void free_text(char **text)
{
	free(*text);
}

/*
 * Show the body on a terminal, where a control character of the server could rewrite what is shown.
 * Line ends and tabs stay. "\u009b" means the same in a JSON string as the character itself.
 */
static enum sf_err show_on_terminal(struct sf_rest *rest, const char *path, struct sf_error *e)
{
	SF_CLEANUP(free_text) char *text = NULL;
	size_t len = 0, count;
	enum sf_err r = sf_rest_text(rest, path, SF_SHOWN_MAX, &text, &len, e);

	for (size_t at = 0; r == SF_OK && at < len; at += count) {
		uint32_t code = 0;

		count = sf_text_char(text + at, len - at, &code);
		if (text[at] == '\n' || text[at] == '\t' ||
		    (count > 0 && sf_text_is_clean(text + at, count))) {
			(void)fwrite(text + at, 1, count > 0 ? count : 1, stdout);
			continue;
		}
		/* A byte that is not UTF-8 is shown as its value. */
		(void)printf("\\u%04x", count > 0 ? code : (unsigned char)text[at]);
		count = count > 0 ? count : 1;
	}
	return r;
}

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
	r = isatty(STDOUT_FILENO) ? show_on_terminal(&rest, path, e)
				  : sf_rest_to(&rest, path, STDOUT_FILENO, e);
	sf_cmd_say_kept(cmd, rest.token);
	if (r != SF_E_STORE)
		return r;
	/* The reader closed the pipe (`| head`): end like any program that writes to it. */
	if (e->sys == EPIPE)
		(void)raise(SIGPIPE);
	return SF_FAIL(e, SF_E_SYSTEM, e->sys, "cannot write to standard output");
}
