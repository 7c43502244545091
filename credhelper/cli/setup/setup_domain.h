/*
 * The address of an org: from what a person types to login_url and to a section name. Looks nothing
 * up; the sign-in shows whether the org exists.
 */
#pragma once

#include <stddef.h>

#include "attr.h"
#include "err.h"
#include "origin.h"

/*
 * Turn "acme", "acme--dev.sandbox", "acme.my.salesforce.com" or an address copied from the browser
 * (Lightning and Setup included) into "https://acme.my.salesforce.com". Path and query are
 * dropped; a port stays. Fails with USAGE: text is not the address of an org.
 */
SF_CHECKED enum sf_err sf_setup_domain_login_url(
    const char *text, char ret_url[static SF_ORIGIN_SIZE], struct sf_error *e);

/*
 * Derive a section name from login_url: "acme" or "acme-dev". size is that of ret_name. If no name
 * fits, it is "org".
 */
void sf_setup_domain_name(const char *login_url, char *ret_name, size_t size);
