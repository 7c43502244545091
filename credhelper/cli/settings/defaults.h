/*
 * The defaults that `sfoauth use` chose: the org, and for each org the user. They are lines
 * `org NAME` and `user ORG USERNAME` of the file `use` in the state directory (state_dir.h). A
 * default only selects among the orgs of the configuration and the users of the stores, so lines of
 * another form are ignored.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "config.h"
#include "err.h"
#include "token.h"

struct sf_defaults {
	char org[SF_CONFIG_NAME_MAX + 1]; /* "": none */
	struct sf_defaults_user {
		char org[SF_CONFIG_NAME_MAX + 1];
		char user[SF_TOKEN_USERNAME_SIZE];
	} users[SF_CONFIG_ORGS_MAX];
	size_t user_count;
};

/* Read the file. If it is missing, unreadable or writable by others, there are no defaults. */
void sf_defaults_read(const char *home, struct sf_defaults *ret_choice);

/* Replace the file atomically. Fails with SYSTEM. */
SF_CHECKED enum sf_err sf_defaults_write(
    const char *home, const struct sf_defaults *choice, struct sf_error *e);

/* The default user of an org, borrowed; NULL if there is none. */
const char *sf_defaults_user(const struct sf_defaults *choice, const char *org);

/* Set a default; NULL removes it. False: a name is too long, or there are too many orgs. */
SF_CHECKED bool sf_defaults_set_org(struct sf_defaults *choice, const char *org);
SF_CHECKED bool sf_defaults_set_user(struct sf_defaults *choice, const char *org, const char *user);
