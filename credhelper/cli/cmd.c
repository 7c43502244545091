#include "cmd.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "banned.h"

enum sf_err sf_cmd_begin(struct sf_cmd *cmd, const struct sf_org *org, struct sf_error *e)
{
	const bool is_person = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	struct sf_session_ask ask = {
	    .settings = cmd->settings,
	    .user = cmd->options->user,
	    .scopes = cmd->options->scopes,
	    .no_refresh = cmd->options->no_refresh,
	    .min_life_s = cmd->options->min_life_s,
	    .ui = is_person ? &cmd->tty.ui : NULL,
	    .may_unlock = is_person && cmd->settings->has_display,
	    .may_open_keyring = true,
	    .ret_end = &cmd->end,
	};
	enum sf_err r = SF_OK;

	cmd->org = org;
	if (org == NULL)
		r = sf_settings_org(cmd->settings, cmd->options->org, &cmd->org, e);
	ask.org = cmd->org;
	if (r == SF_OK)
		r = sf_session_begin(&ask, &cmd->session, e);
	if (r == SF_OK)
		sf_ui_tty_begin(
		    &cmd->tty, cmd->org->name, cmd->session.origin.host, cmd->settings->is_utf8);
	return r;
}

void sf_cmd_say(const struct sf_cmd *cmd, const char *format, ...)
{
	va_list args;

	if (cmd->options->is_quiet)
		return;
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
}

void sf_cmd_say_kept(const struct sf_cmd *cmd, const struct sf_token *token)
{
	const struct sf_session *s = &cmd->session;

	if (!s->is_signed_in && !s->is_refreshed)
		return;
	if (s->is_signed_in)
		sf_cmd_say(cmd, "Signed in to %s as %s.\n", cmd->org->name, token->username);
	if (s->kept_in_keyring == SF_STORE_DONE)
		return;
	/* A refresh token that got lost is told even where words are not wanted. */
	if (token->refresh_token != NULL)
		(void)fprintf(stderr,
		    "sfoauth: this sign-in could not be stored in the desktop keyring (%s).\n"
		    "         When this token ends, run sfoauth login.\n",
		    sf_store_state_name(s->kept_in_keyring));
	else if (s->kept_in_kernel == SF_STORE_DONE && s->kept_in_keyring != SF_STORE_NONE)
		sf_cmd_say(cmd,
		    "The desktop keyring is %s: the token is kept in the kernel, until it ends.\n",
		    sf_store_state_name(s->kept_in_keyring));
}
