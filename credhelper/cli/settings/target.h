/*
 * The org and user that a command works for: what stores, sign-in and session need from the
 * settings.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config_fields.h"
#include "err.h"
#include "origin.h"
#include "settings.h"
#include "token.h"

#define SF_TARGET_KEY_SIZE     (SF_ORIGIN_SIZE + 16)
#define SF_TARGET_APP_KEY_SIZE (SF_TARGET_KEY_SIZE + SF_TOKEN_APP_SIZE)

/* Pointers are borrowed; what they point to outlives the target. */
struct sf_target {
	const struct sf_settings *settings;
	const struct sf_org *org;
	/* Salesforce username of --user; NULL: any stored user, any user who signs in. */
	const char *user;
	/* Chosen with sfoauth use: a search of the kernel keyring without a username, as that of
	 * git-credential-sfoauth, finds this user's token. NULL: none. */
	const char *default_user;
	bool may_unlock; /* an unlock dialog of the keyring may appear */
	bool is_itself;  /* the app signs in as itself, without a person: flow client_credentials */
	/* Filled by sf_target_resolve. */
	struct sf_origin origin;      /* of login_url */
	char key[SF_TARGET_KEY_SIZE]; /* the origin; after "environment:" if from SALESFORCE_* */
	char app[SF_TOKEN_APP_SIZE];  /* names everything stored, with the key: sf_token_app() */
	char app_key[SF_TARGET_APP_KEY_SIZE]; /* app and key: names files, locks, pending tokens */
	bool has_kernel;                      /* kernel_cache is on, and the org is from a file */
	/*
	 * What older versions stored does not name an app. It counts as this app's if no other org
	 * has this origin; otherwise its app is unknown, and it is left alone.
	 */
	bool takes_old;
	/* No other org has this origin, so that git's helper may use what this one stores. */
	bool has_own_git;
};

/* Fill origin, key and has_kernel from settings and org. Fails with CONFIG (login_url), BUG. */
SF_CHECKED enum sf_err sf_target_resolve(struct sf_target *target, struct sf_error *e);
