/*
 * /etc/sfoauth/sfoauth.conf and the user's own file: text -> struct sf_config, or the line that
 * is wrong.
 * Grammar: sections [org NAME] and [pam]; `key = value`; comments on lines of their own (#);
 * repeatable keys may stand several times.
 * An unknown key, a repeated key, a value out of bounds refuses the whole file. The rows are
 * config.def.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "config_fields.h"
#include "err.h"

#define SF_CONFIG_FILE     "/etc/sfoauth/sfoauth.conf"
#define SF_CONFIG_FILE_MAX (64 * 1024)
struct sf_config *sf_config_free(struct sf_config *config); /* NULL is fine; returns NULL */
void sf_config_freep(struct sf_config **config);

struct sf_config_params {
	const char *name; /* of the file, for messages */
	bool allow_pam;   /* the system's file; a user's file may not have [pam] */
};

/*
 * Parse text (len bytes). Checks each section for itself; what must hold between them is
 * sf_config_check_pam's. Fails with CONFIG ("FILE line N: RULE") or NOMEM.
 */
SF_CHECKED enum sf_err sf_config_parse(const struct sf_config_params *params, const char *text,
    size_t len, struct sf_config **ret_config, struct sf_error *e);

/* Lay over's orgs over config's; takes over. */
SF_CHECKED enum sf_err sf_config_merge(
    struct sf_config *config, struct sf_config *take_over, struct sf_error *e);

/*
 * Set one key of [pam] as a PAM argument does (org, services, flows, dialogue, session_token):
 * same row, same bounds, commas separate list items. Fails with CONFIG.
 */
SF_CHECKED enum sf_err sf_config_set_pam(
    struct sf_config *config, const char *key, const char *value, struct sf_error *e);

/*
 * Is [pam] complete? The org exists, is a My Domain org (not login. or test.), has client_id and
 * organization_id, and a client_secret_file where client_auth wants one; exactly one of
 * username_template and user_map, the former for the flow password; session_services names neither
 * sudo nor su. *ret_org is borrowed from config. Fails with CONFIG.
 */
SF_CHECKED enum sf_err sf_config_check_pam(
    const struct sf_config *config, const struct sf_org **ret_org, struct sf_error *e);

/*
 * By name; with NULL the one with `default = yes`, else the only one. NULL if there is none or
 * no telling which.
 */
const struct sf_org *sf_config_org(const struct sf_config *config, const char *name);

/* The rows, for tests: no program has this table, so its text is mapped nowhere. */
struct sf_config_row {
	const char *section, *key, *type, *default_text, *choices, *help;
	uint64_t min, max;
};
const struct sf_config_row *sf_config_rows(size_t *ret_count);
