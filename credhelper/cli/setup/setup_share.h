/*
 * The line that a colleague gives to `sfoauth setup`: what an org's app is, and no secret. Commas
 * separate NAME, login_url, client_id, organization_id and callbacks, so that no shell needs
 * quotes:
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

/* What a line says; texts point into parts. Not checked: the configuration's parser does that. */
struct sf_setup_share {
	char parts[SF_SETUP_SHARE_SIZE];
	const char *name, *login_url, *client_id;
	const char *organization_id; /* "": not known yet */
	const char *callbacks[SF_SETUP_SHARE_CALLBACKS_MAX];
	size_t callback_count;
};

/* False: a value has a comma or a blank, or it does not fit. */
SF_CHECKED bool sf_setup_share_format(const struct sf_org *org, struct sf_text *ret_line);
/* ret_share must not be moved. Fails with USAGE. */
SF_CHECKED enum sf_err sf_setup_share_parse(
    const char *line, struct sf_setup_share *ret_share, struct sf_error *e);
