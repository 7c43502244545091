/*
 * What the command finds around itself: the two configuration files, the home directory of the
 * password database, the few variables of the environment that count, and what sfoauth use chose.
 * settings*.c are the only place that reads the environment.
 * Precedence: flag > environment > sfoauth use > user's file > system's file; flags are the
 * callers'.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "defaults.h"
#include "config.h"
#include "err.h"
#include "secret.h"

#define SF_SETTINGS_KEYRING_VARIABLES 6

struct sf_settings {
	struct sf_config *config; /* system's file, user's file over it, or the environment */
	char *home;               /* from the password database, absolute */
	char *user_file;          /* the user's own; NULL where it is not read */
	char *org_name;           /* SFOAUTH_ORG; NULL if not set */
	bool is_from_environment; /* no file defines an org: the only one is SALESFORCE_*'s */
	struct sf_secret *client_secret; /* SALESFORCE_CLIENT_SECRET, only with the above */
	char *keyring_environment[SF_SETTINGS_KEYRING_VARIABLES +
				  1]; /* NULL-terminated, NAME=value */
	bool has_bus;     /* a session bus may exist: an address, or a socket at the usual place */
	bool is_remote;   /* an ssh session: a browser here is on another machine */
	bool has_display; /* an unlock dialog can be seen */
	struct sf_defaults choice; /* empty with an org of the environment */
	bool is_utf8;              /* the terminal's character set, by LC_ALL, LC_CTYPE, LANG */
	bool is_dumb;              /* the terminal, by TERM: what is printed stays where it is */
	bool has_colour;  /* a terminal may be given colours: it is not dumb, and no NO_COLOR */
	bool git_may_ask; /* not forbidden in a way that git-credential-sfoauth(1) lists */
	bool names_proxy; /* the environment does; it is not used */
	bool is_skipped;  /* the user's file was skipped; skipped_why says why, without a period */
	char skipped_why[SF_ERROR_DETAIL_SIZE];
};

struct sf_settings_params {
	const char *system_file; /* SF_CONFIG_FILE */
	bool may_read_user_file; /* false under uid 0 and in a setuid process: see may_read_user */
	bool is_bare;            /* no file and no SALESFORCE_*: for doctor, try-login and why */
};

/* Is the user's own file read at all? Not under uid 0, not in a setuid or setgid process. */
bool sf_settings_is_plain_user(void);

/*
 * Read everything. SALESFORCE_CLIENT_SECRET is wiped and removed from the environment whatever
 * comes of it. A missing file is an empty one, and so is a system's file that this user may not
 * read. Fails with CONFIG (a file or a variable is wrong), SYSTEM (no such user) or NOMEM.
 */
SF_CHECKED enum sf_err sf_settings_load(
    const struct sf_settings_params *params, struct sf_settings **ret_settings, struct sf_error *e);

/*
 * The org that is meant: by name (a flag), else SFOAUTH_ORG, else the one that sfoauth use chose,
 * else the default, else the only one.
 * *ret_org is borrowed. Fails with CONFIG: none, no such name, or no telling which.
 */
SF_CHECKED enum sf_err sf_settings_org(const struct sf_settings *settings, const char *name,
    const struct sf_org **ret_org, struct sf_error *e);

struct sf_settings *sf_settings_free(struct sf_settings *settings);
void sf_settings_freep(struct sf_settings **settings);
