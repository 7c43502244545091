/*
 * The address of an org: from what a person types to login_url and to a section name. Looks nothing
 * up; the sign-in shows whether the org exists.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"
#include "origin.h"

/*
 * Turn "acme", "acme--dev" (a sandbox), "acme.my.salesforce.com" or an address copied from the
 * browser (Lightning and Setup included; http becomes https) into
 * "https://acme.my.salesforce.com". Path and query are dropped; a port stays. Fails with USAGE:
 * text is not the address of an org.
 */
SF_CHECKED enum sf_err sf_setup_domain_login_url(
    const char *text, char ret_url[static SF_ORIGIN_SIZE], struct sf_error *e);

/* Whether login_url is a login host or a My Domain of Salesforce. */
bool sf_setup_domain_is_salesforce(const char *login_url);

/*
 * Derive a section name from login_url: "acme" or "acme-dev". size is that of ret_name. If no name
 * fits, it is "org".
 */
void sf_setup_domain_name(const char *login_url, char *ret_name, size_t size);
