/*
 * The command line: one row per option, one per subcommand; help texts are made of the rows.
 * Options stand anywhere, before or after the subcommand, as --name VALUE, --name=VALUE, -o VALUE.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "text.h"

/* X(NAME, word, argument, summary): `git` is internal and not in the list that help shows. */
#define SF_COMMANDS(X)                                                                             \
	X(LOGIN, "login", "", "Sign in and keep the token.")                                       \
	X(LOGOUT, "logout", "", "Revoke the token at Salesforce and erase it here.")               \
	X(TOKEN, "token", "", "Print a valid access token.")                                       \
	X(API, "api", "PATH", "Print the answer to one GET of Salesforce's API.")                  \
	X(STATUS, "status", "", "Show the sign-ins of all orgs, without the network.")             \
	X(GIT, "git", "OPERATION", "Answer git; for git-credential-sfoauth.")

enum sf_command {
	SF_COMMAND_NONE,
#define X(id, ...) SF_COMMAND_##id,
	SF_COMMANDS(X)
#undef X
};

struct sf_options {
	enum sf_command command;
	const char *argument; /* PATH or OPERATION; all texts are borrowed from argv */
	bool is_help;
	const char *org;
	const char *user;
	bool is_json;
	bool is_quiet;
	bool no_refresh;
	bool is_all;
	const char *scopes;
	const char *format;
	uint32_t min_life_s; /* 0: not given */
};

/* Fails with USAGE: says which word. *ret_options holds what was understood, also on failure. */
SF_CHECKED enum sf_err sf_options_parse(
    int argc, char *const *argv, struct sf_options *ret_options, struct sf_error *e);

/* The help of a subcommand, or of all. False: does not fit. */
SF_CHECKED bool sf_options_help(enum sf_command command, struct sf_text *ret_help);
