/*
 * The command line: a row for each option and each subcommand. Parser, help and completions use the
 * same rows, so that they cannot disagree. Options may come before or after the subcommand, as
 * --name VALUE, --name=VALUE or -o VALUE. Values are not checked here, except times and --prompt.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "text.h"
#include "messages.h"

#define SF_OPTIONS_WORDS_MAX 4
#define SF_OPTIONS_REST      (-1) /* as "most": everything after "--", unparsed */
#define SF_OPTIONS_VERBATIM  (-2) /* as "most": everything after the subcommand, unparsed */

/* In a row: the subcommand takes no arguments, or the option no value. */
#define SF_OPTIONS_NOTHING SF_MESSAGE_COUNT

/*
 * X(NAME, function of cmd.h, word, words, least, most, choices, summary).
 * words: its arguments as help shows them. least, most: how many. choices: what a shell may offer
 * for the first, separated by spaces ("@orgs": names of orgs). summary: at most 59 columns.
 * `git` and `askpass` are internal: help and completions do not show them.
 */
#define SF_COMMANDS(X)                                                                             \
	X(LOGIN, sf_cmd_login, "login", SF_OPTIONS_NOTHING, 0, 0, "", SF_MESSAGE_SUMMARY_LOGIN)    \
	X(LOGOUT, sf_cmd_logout, "logout", SF_OPTIONS_NOTHING, 0, 0, "",                           \
	    SF_MESSAGE_SUMMARY_LOGOUT)                                                             \
	X(TOKEN, sf_cmd_token, "token", SF_OPTIONS_NOTHING, 0, 0, "", SF_MESSAGE_SUMMARY_TOKEN)    \
	X(EXEC, sf_cmd_exec, "exec", SF_MESSAGE_WORDS_COMMAND, 1, SF_OPTIONS_REST, "",             \
	    SF_MESSAGE_SUMMARY_EXEC)                                                               \
	X(API, sf_cmd_api, "api", SF_MESSAGE_WORDS_PATH, 1, 1, "", SF_MESSAGE_SUMMARY_API)         \
	X(QUERY, sf_cmd_query, "query", SF_MESSAGE_WORDS_SOQL, 1, 1, "", SF_MESSAGE_SUMMARY_QUERY) \
	X(VERIFY, sf_cmd_verify, "verify", SF_OPTIONS_NOTHING, 0, 0, "",                           \
	    SF_MESSAGE_SUMMARY_VERIFY)                                                             \
	X(DOCTOR, sf_cmd_doctor, "doctor", SF_OPTIONS_NOTHING, 0, 0, "",                           \
	    SF_MESSAGE_SUMMARY_DOCTOR)                                                             \
	X(STATUS, sf_cmd_status, "status", SF_OPTIONS_NOTHING, 0, 0, "",                           \
	    SF_MESSAGE_SUMMARY_STATUS)                                                             \
	X(WHOAMI, sf_cmd_whoami, "whoami", SF_OPTIONS_NOTHING, 0, 0, "",                           \
	    SF_MESSAGE_SUMMARY_WHOAMI)                                                             \
	X(CHECK_TOKEN, sf_cmd_check_token, "check-token", SF_OPTIONS_NOTHING, 0, 0, "",            \
	    SF_MESSAGE_SUMMARY_CHECK_TOKEN)                                                        \
	X(USE, sf_cmd_use, "use", SF_MESSAGE_WORDS_ORG, 0, 1, "@orgs", SF_MESSAGE_SUMMARY_USE)     \
	X(COMPLETION, sf_cmd_completion, "completion", SF_MESSAGE_WORDS_SHELL, 1, 1,               \
	    "bash zsh fish", SF_MESSAGE_SUMMARY_COMPLETION)                                        \
	X(SETUP, sf_cmd_setup, "setup", SF_MESSAGE_WORDS_LINE, 0, 1, "", SF_MESSAGE_SUMMARY_SETUP) \
	X(TRY_LOGIN, sf_cmd_try_login, "try-login", SF_MESSAGE_WORDS_USER, 1, 1, "",               \
	    SF_MESSAGE_SUMMARY_TRY_LOGIN)                                                          \
	X(WHY, sf_cmd_why, "why", SF_MESSAGE_WORDS_REF, 0, 1, "", SF_MESSAGE_SUMMARY_WHY)          \
	X(USERS, sf_cmd_users, "users", SF_OPTIONS_NOTHING, 0, 0, "", SF_MESSAGE_SUMMARY_USERS)    \
	X(SETUP_GIT, sf_cmd_setup_git, "setup-git", SF_OPTIONS_NOTHING, 0, 0, "",                  \
	    SF_MESSAGE_SUMMARY_SETUP_GIT)                                                          \
	X(SSH, sf_cmd_ssh, "ssh", SF_MESSAGE_WORDS_SSH, 0, SF_OPTIONS_VERBATIM, "",                \
	    SF_MESSAGE_SUMMARY_SSH)                                                                \
	X(ASKPASS, sf_cmd_askpass, "askpass", SF_MESSAGE_WORDS_PROMPT, 1, SF_OPTIONS_VERBATIM, "", \
	    SF_MESSAGE_SUMMARY_ASKPASS)                                                            \
	X(GIT, sf_cmd_git, "git", SF_MESSAGE_WORDS_OPERATION, 1, 1, "", SF_MESSAGE_SUMMARY_GIT)

enum sf_command {
	SF_COMMAND_NONE,
#define X(id, ...) SF_COMMAND_##id,
	SF_COMMANDS(X)
#undef X
	    SF_COMMAND_COUNT
};

struct sf_options {
	enum sf_command command;
	/* All texts are borrowed from argv. */
	const char *words[SF_OPTIONS_WORDS_MAX]; /* arguments of the subcommand */
	size_t word_count;
	const char *argument; /* words[0]: PATH, SOQL, OPERATION; NULL if there is none */
	/* exec: what follows "--"; ssh, askpass: all arguments. NULL-terminated; NULL if absent. */
	char *const *rest;
	bool is_help;
	bool is_version; /* only without a subcommand */
	const char *org;
	const char *user; /* a Salesforce username; for why, an account of this host */
	bool is_json;
	bool is_quiet;
	bool is_debug;
	bool no_refresh;
	bool is_all;
	bool is_remove;
	bool is_clear;
	const char *scopes;
	const char *flow;
	const char *username;
	const char *login_url, *client_id, *callback;            /* setup */
	const char *proxy, *ca_file;                             /* setup */
	const char *username_template, *user_map, *first_factor; /* setup --host */
	bool is_no_qr, is_host, is_share, is_client_secret, is_no_try, is_no_wait, is_yes;
	const char *service;    /* try-login */
	const char *permission; /* users */
	bool is_last;           /* why */
	bool is_password_stdin;
	const char *prompt;
	bool is_verbose;
	bool is_remember;
	const char *format;
	const char *method, *data; /* api */
	uint32_t min_life_s;       /* 0: not given */
};

/*
 * Parse argv. Fails with USAGE; the detail names the first wrong word. Parsing continues after it,
 * and *ret_options is filled also on failure, so that the caller knows of --json and --quiet.
 */
SF_CHECKED enum sf_err sf_options_parse(
    int argc, char *const *argv, struct sf_options *ret_options, struct sf_error *e);

/* Help of a subcommand (NONE: of all) in the person's language. False: does not fit. */
SF_CHECKED bool sf_options_help(enum sf_command command, struct sf_text *ret_help);

/* The rows as completions and reports read them. Static. */
struct sf_option_row {
	const char *name;
	char letter;           /* 0: none */
	enum sf_message value; /* or SF_OPTIONS_NOTHING */
	const char *choices;   /* values that a shell may offer, separated by spaces; "@orgs" */
	enum sf_message help;
};
struct sf_command_row {
	const char *word;
	enum sf_message words; /* or SF_OPTIONS_NOTHING */
	const char *choices;
	enum sf_message summary;
};
/* The rows by index, from 0; NULL after the last. */
const struct sf_option_row *sf_options_row(size_t index);
/* Does the subcommand take the option? NONE: may the option come without a subcommand? */
bool sf_options_is_for(size_t index, enum sf_command command);
SF_CHECKED bool sf_options_is_internal(enum sf_command command);
const struct sf_command_row *sf_options_command(enum sf_command command);
