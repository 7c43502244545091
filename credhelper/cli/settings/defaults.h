/*
 * What `sfoauth use` chose: the default org, and the default user of an org. Kept in the file `use`
 * in the state directory (state_dir.h), lines `org NAME` and `user ORG USERNAME`: a choice among
 * what the configuration and the stores have, so a line that is not understood means nothing.
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

/* Without a file, or where it cannot be read, nothing is chosen. */
void sf_defaults_read(const char *home, struct sf_defaults *ret_choice);

/* Replace the file, whole or not at all. Fails with SYSTEM. */
SF_CHECKED enum sf_err sf_defaults_write(
    const char *home, const struct sf_defaults *choice, struct sf_error *e);

/* The user chosen for an org; NULL if none is. */
const char *sf_defaults_user(const struct sf_defaults *choice, const char *org);

/* user NULL: no longer any. False: too long, or too many orgs. */
SF_CHECKED bool sf_defaults_set_org(struct sf_defaults *choice, const char *org);
SF_CHECKED bool sf_defaults_set_user(struct sf_defaults *choice, const char *org, const char *user);
