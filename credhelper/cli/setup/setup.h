/*
 * The state and the steps of `sfoauth setup`. The state is the text of the configuration file as it
 * will be written, and the org in it. Nothing reaches the disk before all steps have succeeded.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "cmd.h"
#include "config.h"
#include "conf_edit.h"
#include "err.h"

struct sf_setup {
	struct sf_cmd *cmd;
	bool is_host;                         /* edits the system's file, for logins to this host */
	const char *path;                     /* of the file; borrowed from settings */
	char *text;                           /* of the file, as it will be written; owned */
	char section[SF_CONFIG_NAME_MAX + 8]; /* "org NAME" */
	struct sf_config *config;             /* text, parsed by sf_setup_check(); owned */
	const struct sf_org *org;             /* in config; valid until the next check */
};
void sf_setup_clear(struct sf_setup *setup); /* for SF_CLEANUP */

/*
 * Set edit->key in setup->text; a NULL section is that of the org. Fails with USAGE (the value has
 * control characters) and NOMEM.
 */
SF_CHECKED enum sf_err sf_setup_set(struct sf_setup *setup, const char *section,
    const struct sf_conf_edit *edit, struct sf_error *e);

/* Set a key in the org's section. A NULL value leaves the key as it is. */
SF_CHECKED enum sf_err sf_setup_put(
    struct sf_setup *setup, const char *key, const char *value, struct sf_error *e);

/*
 * The configured org that this setup changes: the one that --org names, or the only one. NULL: the
 * org is new. An org from environment variables is in no file, so it does not count.
 */
const struct sf_org *sf_setup_find_org(const struct sf_setup *setup);

struct sf_setup_share;
/*
 * Get the address of the org, from a line (NULL: none), --login-url or the person, and set section
 * and login_url. Fails with USAGE: not an address of Salesforce, or a line that names another host
 * and that the person does not confirm.
 */
SF_CHECKED enum sf_err sf_setup_put_org(
    struct sf_setup *setup, const struct sf_setup_share *share, struct sf_error *e);

/*
 * Parse setup->text, and replace config and org. Fails with USAGE (a given value is wrong; detail
 * has key and line), NOMEM, and BUG (the section of the org is not in the text).
 */
SF_CHECKED enum sf_err sf_setup_check(struct sf_setup *setup, struct sf_error *e);

/* Can a question be shown and answered? --yes answers none. */
bool sf_setup_can_ask(const struct sf_setup *setup);

/* One value that setup needs. All texts are borrowed. */
struct sf_setup_question {
	const char *flag;     /* sets the value, for example "--client-id" */
	const char *or_flag;  /* another flag that answers the question; NULL: none */
	const char *given;    /* the value of the flag; NULL: not given */
	const char *prompt;   /* in the person's language, without the colon */
	const char *lead;     /* a paragraph before the first prompt; NULL: none */
	const char *again;    /* why the line does not fit; NULL: the prompt explains it */
	const char *fallback; /* an empty line means this; NULL: none */
	bool (*fits)(const char *typed); /* NULL: every line fits */
};

/*
 * Get the value: from the flag, else from the person at the terminal, else the fallback. A line
 * that does not fit is asked for again. --yes and a missing terminal skip the question. *ret_value
 * is the caller's to free. Fails with USAGE (no value and nobody to ask; names the flag), NOMEM,
 * and as sf_tty_ask_line().
 */
SF_CHECKED enum sf_err sf_setup_ask(const struct sf_setup *setup,
    const struct sf_setup_question *question, char **ret_value, struct sf_error *e);

/* The user and the organization of the sign-in. */
struct sf_setup_trial {
	const char *flow; /* the flow that worked; static; NULL: none was tried */
	char org_id[SF_SFID_SIZE];
	char username[SF_TOKEN_USERNAME_SIZE];
};

/*
 * Sign in to the org in setup->config. For a person the token is stored, for a host it is revoked.
 * A host has no browser: it tries the device flow and, if the app does not have it, paste.
 * While Salesforce does not know the app yet, try again every 10 seconds for up to 32 minutes,
 * unless --no-wait is given. Fails as a sign-in does, and with ANSWER (no organization id).
 */
SF_CHECKED enum sf_err sf_setup_try(
    struct sf_setup *setup, struct sf_setup_trial *ret_trial, struct sf_error *e);

/*
 * --host, before the sign-in: fill the section [pam] with org, mapping and first factor. Fails as
 * sf_setup_ask() and sf_setup_set().
 */
SF_CHECKED enum sf_err sf_setup_host_policy(struct sf_setup *setup, struct sf_error *e);

/*
 * --host, after the sign-in: set [pam] flows, to --flow; or so that it has the flow that worked,
 * unless it is the default. Fails as sf_setup_set().
 */
SF_CHECKED enum sf_err sf_setup_host_flows(
    struct sf_setup *setup, const struct sf_setup_trial *trial, struct sf_error *e);

/* --host, after the file is written: print what the administrator adds to PAM and sshd by hand. */
void sf_setup_host_words(const struct sf_setup *setup);
