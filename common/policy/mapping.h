/*
 * Rule 6 (DESIGN.md, "Who is let in"): which Salesforce user an account of this machine belongs to.
 * Either the user_map names the user's id, or username_template makes the username; never both.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "config_fields.h"
#include "err.h"
#include "local_account.h"
#include "sfid.h"

/* Does the policy name a user for this account? */
bool sf_mapping_has(const struct sf_pam *policy, const struct sf_account *account);

/* Is that user the one with this id (18 characters) and this username? */
bool sf_mapping_fits(const struct sf_pam *policy, const struct sf_account *account,
    const char *user_id, const char *username);

/*
 * Look name up in the text of a user_map: lines `linux-name 005...`, # comments, blanks. *ret_found
 * says whether; the id is normalised. A malformed line anywhere, or the name standing there twice,
 * refuses the whole map: CONFIG.
 */
SF_CHECKED enum sf_err sf_mapping_find(const char *text, size_t len, const char *name,
    bool *ret_found, char ret_id[static SF_SFID_SIZE], struct sf_error *e);

/*
 * The Salesforce username that username_template wants for an account: {user} replaced. False if
 * too long or name is not printable ASCII.
 */
SF_CHECKED bool sf_mapping_expand(
    const char *template_text, const char *name, char *ret, size_t size);
