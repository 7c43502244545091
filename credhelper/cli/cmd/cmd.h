/*
 * The subcommands, one file each, and what they share. A subcommand prints data to standard output
 * and messages to standard error. It does not print its own failure: it returns the error, and
 * main reports it (report.h).
 */
#pragma once

#include <sys/resource.h>

#include "attr.h"
#include "err.h"
#include "job.h"
#include "options.h"
#include "json_out.h"
#include "session.h"
#include "settings.h"
#include "tty_ui.h"
#include "messages.h"

struct sf_cmd {
	const struct sf_options *options;
	const struct sf_settings *settings;
	/* JSON that is printed together with a failure. NULL at first; main frees it. */
	struct sf_json_out **ret_partial;
	/* How the worker's last job ended. If its error code is the failure's, report.c uses it. */
	struct sf_job_result end;
	/* For doctor: the error of the configuration (settings are bare then), or code SF_OK. */
	struct sf_error broken;
	struct rlimit core_limit; /* RLIMIT_CORE as this process found it */
	bool has_rows;            /* printed rows have named each failure and its remedy */
	/* Filled by sf_cmd_begin. */
	const struct sf_org *org;
	struct sf_tty_ui tty;
	struct sf_session session;
};

/* Each runs one subcommand, once. cmd is complete, except what sf_cmd_begin fills. */
#define X(id, fn, ...) SF_CHECKED enum sf_err fn(struct sf_cmd *cmd, struct sf_error *e);
SF_COMMANDS(X)
#undef X

/*
 * Begin a session with an org: the given one, or with org NULL the one that --org, the environment
 * or the defaults select. Questions to a person are allowed if standard input and standard error
 * are terminals. Opens no store and no connection. cmd->session borrows from cmd, which must not
 * move. May be called again for the next org.
 * Fails with USAGE or CONFIG (no such org, none selected, login_url, --min-life).
 */
SF_CHECKED enum sf_err sf_cmd_begin(
    struct sf_cmd *cmd, const struct sf_org *org, struct sf_error *e);

/* Print a message to standard error, unless --quiet is given. args: see messages.h. */
void sf_cmd_tell(const struct sf_cmd *cmd, enum sf_message word, const struct sf_arg *args);

/*
 * After a sign-in or a refresh: print who signed in, and whether token and password were stored.
 * Prints nothing if the token came from a store. A refresh token that did not reach the keyring is
 * reported even with --quiet: without that the person would lose the sign-in unnoticed.
 */
void sf_cmd_say_kept(const struct sf_cmd *cmd, const struct sf_token *token);
