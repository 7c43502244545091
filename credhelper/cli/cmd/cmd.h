/*
 * The subcommands, one file each, and what they share. Each prints its data on standard output and
 * its words on standard error, and returns the failure for main to say.
 */
#pragma once

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
	/* What --json prints besides a failure; NULL at first, main's to free. */
	struct sf_json_out **ret_partial;
	/* How the worker's last job ended; the failure that main says is often that. */
	struct sf_job_result end;
	/* For doctor: what is wrong with the configuration (settings are bare then), or SF_OK. */
	struct sf_error broken;
	bool has_rows; /* rows have said what failed, and what helps */
	/* Filled by sf_cmd_begin. */
	const struct sf_org *org;
	struct sf_tty_ui tty;
	struct sf_session session;
};

#define X(id, fn, ...) SF_CHECKED enum sf_err fn(struct sf_cmd *cmd, struct sf_error *e);
SF_COMMANDS(X)
#undef X

/*
 * Begin the session of the org that is meant (org NULL) or of a given one. A person may be asked
 * where standard input and standard error are terminals.
 */
SF_CHECKED enum sf_err sf_cmd_begin(
    struct sf_cmd *cmd, const struct sf_org *org, struct sf_error *e);

/* Words for the person, on standard error; not with --quiet. As messages.h has it. */
void sf_cmd_tell(const struct sf_cmd *cmd, enum sf_message word, const struct sf_ui_arg *args);

/* Say what is worth knowing of a token just got: signed in as whom, kept where, or not kept. */
void sf_cmd_say_kept(const struct sf_cmd *cmd, const struct sf_token *token);
