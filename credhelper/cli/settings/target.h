/*
 * Which org a command works for, and as whom: what stores, sign-in and session need to know of
 * the settings.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config_fields.h"
#include "err.h"
#include "origin.h"
#include "settings.h"

#define SF_TARGET_KEY_SIZE (SF_ORIGIN_SIZE + 16)

/* Pointers are borrowed; what they point to outlives the target. */
struct sf_target {
	const struct sf_settings *settings;
	const struct sf_org *org;
	/* Salesforce username, --user; NULL: any stored user, any user who signs in. */
	const char *user;
	/* Chosen by sfoauth use; the kernel row finds this user without a name. NULL: none. */
	const char *default_user;
	bool may_unlock; /* an unlock dialog of the keyring may come up */
	/* Filled by sf_target_resolve. */
	struct sf_origin origin;      /* of the login URL */
	char key[SF_TARGET_KEY_SIZE]; /* origin; with "environment:" before it for SALESFORCE_* */
	bool has_kernel;              /* kernel_cache, and not from the environment */
};

/* Fill the last three from settings and org. Fails with CONFIG (login_url). */
SF_CHECKED enum sf_err sf_target_resolve(struct sf_target *target, struct sf_error *e);
