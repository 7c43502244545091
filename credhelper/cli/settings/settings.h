/*
 * The settings of the command: the two configuration files, the home directory of the password
 * database, a few variables of the environment, and the defaults that `sfoauth use` chose.
 * Precedence: flag > environment > sfoauth use > user's file > system's file. Callers apply the
 * flags.
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
	char *user_file;          /* path of the user's file; NULL if it is not read */
	char *org_name;           /* SFOAUTH_ORG; NULL if not set */
	bool is_from_environment; /* no file defines an org; the only org is that of SALESFORCE_* */
	struct sf_secret *client_secret; /* SALESFORCE_CLIENT_SECRET, if is_from_environment */
	char *keyring_environment[SF_SETTINGS_KEYRING_VARIABLES +
				  1]; /* NULL-terminated, NAME=value */
	bool has_bus;                 /* a D-Bus session bus may exist: an address, or a socket */
	bool is_remote;            /* an ssh session: the person's browser is on another machine */
	bool has_display;          /* a browser or an unlock dialog can be shown */
	struct sf_defaults choice; /* of sfoauth use; empty if is_from_environment */
	bool is_utf8;              /* character set of the terminal: LC_ALL, LC_CTYPE, LANG */
	bool is_dumb;              /* TERM is unset or "dumb": the cursor cannot be moved */
	bool has_colour;  /* colours are allowed: the terminal is not dumb, NO_COLOR is not set */
	bool git_may_ask; /* git's environment does not forbid prompts (settings_git.h) */
	bool names_proxy; /* the environment names a proxy, which sfoauth does not use */
	bool is_skipped;  /* the user's file was skipped; skipped_why says why, without a period */
	char skipped_why[SF_ERROR_DETAIL_SIZE];
};

struct sf_settings_params {
	const char *system_file; /* SF_CONFIG_FILE */
	bool may_read_user_file; /* callers pass sf_settings_is_plain_user() */
	bool is_bare;            /* read no file and no SALESFORCE_*: doctor, try-login and why */
};

/* May the user's own file be read? Not by uid 0, and not in a setuid or setgid process. */
bool sf_settings_is_plain_user(void);

/*
 * Read all settings; the caller frees *ret_settings. SALESFORCE_CLIENT_SECRET is wiped and removed
 * from the environment, also on failure. A missing file counts as empty, and so does a system's
 * file that this user may not read. Fails with CONFIG (a file or a variable is invalid), SYSTEM
 * (the password database has no home) or NOMEM.
 */
SF_CHECKED enum sf_err sf_settings_load(
    const struct sf_settings_params *params, struct sf_settings **ret_settings, struct sf_error *e);

/*
 * The org to work for: `name` (a flag) or SFOAUTH_ORG, else the choice of sfoauth use, else the
 * default of the configuration, else the only org. *ret_org is borrowed. Fails with CONFIG: there
 * is no org, none with that name, several without a default, or it lacks login_url or client_id.
 */
SF_CHECKED enum sf_err sf_settings_org(const struct sf_settings *settings, const char *name,
    const struct sf_org **ret_org, struct sf_error *e);

struct sf_settings *sf_settings_free(struct sf_settings *settings); /* wipes the secret */
void sf_settings_freep(struct sf_settings **settings);              /* for SF_CLEANUP */
