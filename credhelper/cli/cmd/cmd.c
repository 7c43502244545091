/*
 * What the subcommands share: they begin a session from options and settings, and report where a
 * new token was stored. Knows no single subcommand.
 */
#include "cmd.h"

#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "flows.h"
#include "log.h"
#include "store_old.h"
#include "text.h"

#include "banned.h"

/*
 * The target is known: log it, and take over what older versions stored for it. "perhaps" is all
 * that can be said about a keyring without opening D-Bus.
 */
static void enter_target(const struct sf_target *target)
{
	sf_log_line(LOG_DEBUG, "org=%s login_url=%s user=%s kernel_row=%s keyring=%s",
	    target->org->name, target->org->login_url, !target->user ? "-" : target->user,
	    target->has_kernel ? "yes" : "no", target->settings->has_bus ? "perhaps" : "no");
	sf_store_old_move(target);
}

/* Does the app sign in as itself? The flow is that of --flow, else that of the org. */
static bool is_app_itself(const struct sf_cmd *cmd)
{
	enum sf_flow_id flow = (enum sf_flow_id)cmd->org->flow;

	if (cmd->options->flow)
		(void)!sf_flows_find(cmd->options->flow, &flow);
	return flow == SF_FLOW_CLIENT_CREDENTIALS;
}

/*
 * Both streams must be terminals: a question on one that nobody reads would wait for ever, and a
 * script that reads standard input must not lose a line to a prompt.
 */
enum sf_err sf_cmd_begin(struct sf_cmd *cmd, const struct sf_org *org, struct sf_error *e)
{
	const bool is_person = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	const struct sf_session_params params = {
	    .signin =
		{
		    .flow = cmd->options->flow,
		    .username = cmd->options->username,
		    .reads_password = cmd->options->is_password_stdin,
		    .prompt = cmd->options->prompt,
		    .explains = cmd->options->is_verbose,
		    .remembers = cmd->options->is_remember,
		    .ui = is_person ? &cmd->tty.ui : NULL,
		    .ret_result = &cmd->end,
		},
	    .scopes = cmd->options->scopes,
	    .no_refresh = cmd->options->no_refresh,
	    .min_life_s = cmd->options->min_life_s,
	    .may_open_keyring = true,
	};
	struct sf_target target = {
	    .settings = cmd->settings,
	    .may_unlock = is_person && cmd->settings->has_display,
	};
	enum sf_err r = SF_OK;

	cmd->org = org;
	if (!org)
		r = sf_settings_org(cmd->settings, cmd->options->org, &cmd->org, e);
	if (r != SF_OK)
		return r;
	target.org = cmd->org;
	target.is_itself = is_app_itself(cmd);
	target.default_user = sf_defaults_user(&cmd->settings->choice, cmd->org->name);
	target.user = cmd->options->user != NULL ? cmd->options->user : target.default_user;
	r = sf_target_resolve(&target, e);
	if (r == SF_OK)
		r = sf_session_begin(&target, &params, &cmd->session, e);
	if (r != SF_OK)
		return r;
	/* A terminal that takes no colours often shows no blocks either. */
	sf_tty_ui_begin(&cmd->tty, cmd->org->name, cmd->session.target.origin.host,
	    cmd->settings->is_utf8 && cmd->settings->has_colour && !cmd->options->is_no_qr);
	cmd->tty.counts_down = !cmd->options->is_quiet && !cmd->settings->is_dumb;
	enter_target(&cmd->session.target);
	return SF_OK;
}

void sf_cmd_tell(const struct sf_cmd *cmd, enum sf_message word, const struct sf_arg *args)
{
	if (!cmd->options->is_quiet)
		sf_message_print(stderr, word, args);
}

void sf_cmd_say_kept(const struct sf_cmd *cmd, const struct sf_token *token)
{
	const struct sf_session *s = &cmd->session;
	const char *chosen = s->target.default_user, *org = cmd->org->name;
	const char *state = sf_store_state_words(s->kept_in_keyring);

	/* The token came from a store: nothing has changed. */
	if (!s->is_signed_in && !s->is_refreshed)
		return;
	if (s->is_signed_in)
		sf_cmd_tell(cmd, SF_MESSAGE_SIGNED_IN,
		    SF_WITH({"org", org}, {"username", token->username}));
	if (s->is_signed_in && chosen && !sf_text_equal_nocase(chosen, token->username))
		sf_cmd_tell(cmd, SF_MESSAGE_DEFAULT_USER_STAYS,
		    SF_WITH({"org", org}, {"username", chosen}));
	if (s->is_signed_in && cmd->options->is_remember && s->kept_password != SF_STORE_DONE)
		sf_cmd_tell(cmd, SF_MESSAGE_PASSWORD_NOT_KEPT,
		    SF_WITH({"state", sf_store_state_words(s->kept_password)}));
	if (s->kept_in_keyring == SF_STORE_DONE)
		return;
	/* Not sf_cmd_tell: with --quiet, too, the person learns that the sign-in will not last. */
	if (token->refresh_token)
		sf_message_print(stderr, s->is_pending ? SF_MESSAGE_PENDING : SF_MESSAGE_NOT_STORED,
		    SF_WITH({"state", state}));
	else if (s->kept_in_kernel == SF_STORE_DONE && s->kept_in_keyring != SF_STORE_NONE)
		sf_cmd_tell(cmd, SF_MESSAGE_KERNEL_ONLY, SF_WITH({"state", state}));
}
