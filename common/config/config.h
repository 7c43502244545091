/*
 * The configuration: /etc/sfoauth/sfoauth.conf and the user's own file. The text becomes a struct
 * sf_config, or an error that names the line.
 * Grammar: sections [org NAME] and [pam]; `key = value`; comments (#) on lines of their own. A
 * repeatable key may be there several times. An unknown key, another repeated key, or a value out
 * of bounds refuses the whole file. config.def has the keys.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "config_fields.h"
#include "err.h"

#define SF_CONFIG_FILE     "/etc/sfoauth/sfoauth.conf"
#define SF_CONFIG_FILE_MAX (64 * 1024)                      /* bytes */
struct sf_config *sf_config_free(struct sf_config *config); /* NULL is allowed; returns NULL */
void sf_config_freep(struct sf_config **config);

struct sf_config_params {
	const char *name; /* of the file, for messages */
	bool allow_pam;   /* true for the system's file; a user's file must not have [pam] */
};

/*
 * Parse text (len bytes) and check each section by itself; sf_config_check_pam checks the rules
 * between sections. The caller frees *ret_config. Fails with CONFIG ("FILE line N: RULE") or NOMEM.
 */
SF_CHECKED enum sf_err sf_config_parse(const struct sf_config_params *params, const char *text,
    size_t len, struct sf_config **ret_config, struct sf_error *e);

/*
 * Merge the orgs of take_over into config: an org of the same name replaces the one in config, any
 * other is added. [pam] of take_over is ignored. Frees take_over in any case. Fails with CONFIG if
 * there are more than SF_CONFIG_ORGS_MAX orgs.
 */
SF_CHECKED enum sf_err sf_config_merge(
    struct sf_config *config, struct sf_config *take_over, struct sf_error *e);

/*
 * Set one key of [pam] from a PAM argument: org, services, flows, dialogue or session_token. Parser
 * and bounds are those of the file, but commas separate the words of a list. Fails with CONFIG or
 * NOMEM.
 */
SF_CHECKED enum sf_err sf_config_set_pam(
    struct sf_config *config, const char *key, const char *value, struct sf_error *e);

/*
 * Check that [pam] is there and complete. Its org has a section with a My Domain login_url (not
 * login. or test.), client_id, organization_id, and a client_secret_file if client_auth requires
 * one. Exactly one of username_template and user_map is set, the former if flows has password.
 * session_services has neither sudo nor su. *ret_org is borrowed from config. Fails with CONFIG.
 */
SF_CHECKED enum sf_err sf_config_check_pam(
    const struct sf_config *config, const struct sf_org **ret_org, struct sf_error *e);

/*
 * The org with this name; for NULL the one with `default = yes`, otherwise the only one. NULL: no
 * such org, or several and no default. Borrowed from config.
 */
const struct sf_org *sf_config_org(const struct sf_config *config, const char *name);

/* The rows of config.def, for tests. No program links this table, so none carries its prose. */
struct sf_config_row {
	const char *section, *key, *type, *default_text, *choices, *help;
	uint64_t min, max;
};
const struct sf_config_row *sf_config_rows(size_t *ret_count);
