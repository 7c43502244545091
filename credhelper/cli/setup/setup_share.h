/*
 * The line for colleagues, an argument of `sfoauth setup`. It describes the app of an org and holds
 * no secret. Commas separate NAME, login_url, client_id, organization_id and callbacks, so that it
 * needs no quotes in a shell:
 *   sfoauth-setup:acme,https://acme.my.salesforce.com,3MVG9...,00D...,http://localhost:1717/...
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config.h"
#include "err.h"
#include "text.h"

#define SF_SETUP_SHARE_PREFIX        "sfoauth-setup:"
#define SF_SETUP_SHARE_SIZE          4096
#define SF_SETUP_SHARE_CALLBACKS_MAX 8

/* A parsed line. The texts point into parts. They are not checked: the config parser does that. */
struct sf_setup_share {
	char parts[SF_SETUP_SHARE_SIZE];
	const char *name, *login_url, *client_id;
	const char *organization_id; /* "": the sender's org is not pinned yet */
	const char *callbacks[SF_SETUP_SHARE_CALLBACKS_MAX];
	size_t callback_count;
};

/*
 * Append the line of org, with its first 8 callbacks. False: a value has a comma, blank, quote or
 * shell character, or the line does not fit.
 */
SF_CHECKED bool sf_setup_share_format(const struct sf_org *org, struct sf_text *ret_line);

/*
 * Parse a line. ret_share points into itself, so it must not be copied. Fails with USAGE: no such
 * line, incomplete, or more than 8 callbacks.
 */
SF_CHECKED enum sf_err sf_setup_share_parse(
    const char *line, struct sf_setup_share *ret_share, struct sf_error *e);
