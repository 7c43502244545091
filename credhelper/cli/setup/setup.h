/*
 * What `sfoauth setup` knows while it works: the file as it will be, and the org in it.
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
	bool is_host; /* the system's file, for logins to this host */
	const char *path;
	char *text;                           /* of the file, as it will be; owned */
	char section[SF_CONFIG_NAME_MAX + 8]; /* "org NAME" */
	struct sf_config *config;             /* text, parsed; owned */
	const struct sf_org *org;             /* in config */
};
void sf_setup_clear(struct sf_setup *setup); /* for SF_CLEANUP */

/* Change a key of a section, NULL: the org's. Fails with USAGE (more than a line), NOMEM. */
SF_CHECKED enum sf_err sf_setup_set(struct sf_setup *setup, const char *section,
    const struct sf_conf_edit *edit, struct sf_error *e);

/* Parse the text: config and org are new. Fails with USAGE: a value that was given is wrong. */
SF_CHECKED enum sf_err sf_setup_check(struct sf_setup *setup, struct sf_error *e);

/*
 * The value of a flag, else what a person answers to prompt (an empty answer is fallback; shown in
 * brackets), else fallback. Who answers what does not fit, or nothing, is asked again. *ret_value
 * is the caller's to free. Fails with USAGE where nobody is there and nothing is to be had: names
 * the flag.
 */
struct sf_setup_question {
	const char *flag;     /* "--client-id" */
	const char *or_flag;  /* answers the same; NULL: none */
	const char *given;    /* NULL: not given */
	const char *prompt;   /* in the person's language */
	const char *lead;     /* a paragraph before the first time; NULL: none */
	const char *again;    /* what was wrong with the answer; NULL: plain from the question */
	const char *fallback; /* NULL: none */
	bool (*fits)(const char *answer); /* NULL: all do */
};
SF_CHECKED enum sf_err sf_setup_ask(const struct sf_setup *setup,
    const struct sf_setup_question *question, char **ret_value, struct sf_error *e);

/*
 * Try the org as it stands in config: a sign-in, its token kept for a person and given back for a
 * host. A new app is waited for. ret_org_id and ret_username are who it was.
 */
struct sf_setup_trial {
	char org_id[SF_SFID_SIZE];
	char username[SF_TOKEN_USERNAME_SIZE];
};
SF_CHECKED enum sf_err sf_setup_try(
    struct sf_setup *setup, struct sf_setup_trial *ret_trial, struct sf_error *e);

/* The part of --host: the section [pam] before the trial, words about stack and sshd after it. */
SF_CHECKED enum sf_err sf_setup_host_policy(struct sf_setup *setup, struct sf_error *e);
void sf_setup_host_words(const struct sf_setup *setup);
