/*
 * The command line: one row per option, one per subcommand; parser, help texts and completions are
 * made of the rows.
 * Options stand anywhere, before or after the subcommand, as --name VALUE, --name=VALUE, -o VALUE.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "text.h"

#define SF_OPTIONS_WORDS_MAX 4
#define SF_OPTIONS_REST      (-1) /* for most: all that stands behind "--", as it is */

/*
 * X(NAME, word, words, least, most, choices, summary): words as help shows them, how many there
 * are, and what a shell may offer for the first ("@orgs": the names of the orgs).
 * `git` is internal and not in the list that help shows.
 */
#define SF_COMMANDS(X)                                                                             \
	X(LOGIN, "login", "", 0, 0, "", "Sign in and keep the token.")                             \
	X(LOGOUT, "logout", "", 0, 0, "", "Revoke the token at Salesforce and erase it here.")     \
	X(TOKEN, "token", "", 0, 0, "", "Print a valid access token.")                             \
	X(EXEC, "exec", "-- COMMAND [ARGUMENT]...", 1, SF_OPTIONS_REST, "",                        \
	    "Run a command that finds a token in its environment.")                                \
	X(API, "api", "PATH", 1, 1, "", "Print the answer to one GET of Salesforce's API.")        \
	X(QUERY, "query", "SOQL", 1, 1, "", "Print the records of a query, a line each.")          \
	X(VERIFY, "verify", "", 0, 0, "", "Try all that a working connection needs.")              \
	X(DOCTOR, "doctor", "", 0, 0, "", "Look for what keeps a sign-in from working.")           \
	X(STATUS, "status", "", 0, 0, "", "Show the sign-ins of all orgs, without the network.")   \
	X(WHOAMI, "whoami", "", 0, 0, "", "Show who Salesforce says you are.")                     \
	X(USE, "use", "[ORG]", 0, 1, "@orgs", "Show or choose the default org, and its user.")     \
	X(COMPLETION, "completion", "SHELL", 1, 1, "bash zsh fish",                                \
	    "Print completions for bash, zsh or fish.")                                            \
	X(SETUP, "setup", "[LINE]", 0, 1, "",                                                      \
	    "Connect with an org, step by step; LINE is a colleague's.")                           \
	X(TRY_LOGIN, "try-login", "USER", 1, 1, "",                                                \
	    "As root: try a login to this host, rule by rule.")                                    \
	X(WHY, "why", "REF", 1, 1, "", "As root: explain a refusal by its reference.")             \
	X(USERS, "users", "", 0, 0, "", "Print a user_map of those who have a permission.")        \
	X(SETUP_GIT, "setup-git", "", 0, 0, "", "Make git ask sfoauth for the orgs' hosts.")       \
	X(GIT, "git", "OPERATION", 1, 1, "", "Answer git; for git-credential-sfoauth.")

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
	const char *words[SF_OPTIONS_WORDS_MAX]; /* what follows the subcommand */
	size_t word_count;
	const char *argument; /* the first of them: PATH, SOQL, OPERATION; NULL if there is none */
	char *const *rest;    /* what follows "--" for exec, as argv ends: with NULL */
	bool is_help;
	const char *org;
	const char *user;
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
	const char *username_template, *user_map, *first_factor; /* setup --host */
	bool is_host, is_share, is_client_secret, is_no_try, is_no_wait, is_yes;
	const char *service;    /* try-login */
	const char *permission; /* users */
	bool is_password_stdin;
	const char *prompt;
	bool is_verbose;
	bool is_remember;
	const char *format;
	uint32_t min_life_s; /* 0: not given */
};

/* Fails with USAGE: says which word. *ret_options holds what was understood, also on failure. */
SF_CHECKED enum sf_err sf_options_parse(
    int argc, char *const *argv, struct sf_options *ret_options, struct sf_error *e);

/* The help of a subcommand, or of all. False: does not fit. */
SF_CHECKED bool sf_options_help(enum sf_command command, struct sf_text *ret_help);

/* The rows, for completions. */
struct sf_option_row {
	const char *name;
	char letter;         /* 0: none */
	const char *value;   /* NULL: takes none */
	const char *choices; /* values that a shell may offer, separated by spaces; "@orgs" */
	const char *help;
};
struct sf_command_row {
	const char *word, *words, *choices, *summary;
};
/* NULL behind the last; the first is 0. */
const struct sf_option_row *sf_options_row(size_t index);
/* Does the subcommand take it? */
bool sf_options_is_for(size_t index, enum sf_command command);
const struct sf_command_row *sf_options_command(enum sf_command command);
