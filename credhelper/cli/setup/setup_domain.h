/*
 * What a person calls their org -> login_url.
 */
#pragma once

#include <stddef.h>

#include "attr.h"
#include "err.h"
#include "origin.h"

/*
 * "acme", "acme--dev.sandbox", "acme.my.salesforce.com", or an address out of the browser,
 * Lightning's and Setup's included -> "https://acme.my.salesforce.com". Fails with USAGE: it is no
 * address of an org.
 */
SF_CHECKED enum sf_err sf_setup_domain_login_url(
    const char *text, char ret_url[static SF_ORIGIN_SIZE], struct sf_error *e);

/* A short name for a section of the configuration: "acme", "acme-dev". "org" if there is none. */
void sf_setup_domain_name(const char *login_url, char *ret_name, size_t size);
