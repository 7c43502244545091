/*
 * Rule 6 (DESIGN.md, "Who is let in"): which Salesforce user belongs to a local account. Either
 * the user_map has the id of the user, or username_template makes the username; never both.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "config_fields.h"
#include "err.h"
#include "local_account.h"
#include "sfid.h"

/* Whether the policy names a Salesforce user for this account. */
bool sf_mapping_has(const struct sf_pam *policy, const struct sf_account *account);

/*
 * Whether that user is the one who signed in: by user_id (18 characters) with a user_map, otherwise
 * by username, where A-Z equal a-z.
 */
bool sf_mapping_fits(const struct sf_pam *policy, const struct sf_account *account,
    const char *user_id, const char *username);

/*
 * Look up name in the text of a user_map: lines `linux-name 005...`, comments (#) and blank lines.
 * *ret_found tells whether it is there; ret_id is normalised to 18 characters, or "". Fails with
 * CONFIG if any line is malformed, or if the name is there twice.
 */
SF_CHECKED enum sf_err sf_mapping_find(const char *text, size_t len, const char *name,
    bool *ret_found, char ret_id[static SF_SFID_SIZE], struct sf_error *e);

/*
 * Replace {user} in template_text by name, which gives the Salesforce username. False: it is too
 * long for size, there is no {user}, or name is not printable ASCII.
 */
SF_CHECKED bool sf_mapping_expand(
    const char *template_text, const char *name, char *ret, size_t size);
