/*
 * The module's arguments (pam.conf(5)) and the configuration they change. An unknown or repeated
 * argument fails the phase.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config.h"
#include "err.h"

/* The password flow: where the password comes from. */
enum sf_first_pass {
	SF_FIRST_PASS_NONE, /* ask the person */
	SF_FIRST_PASS_TRY,  /* take PAM_AUTHTOK; ask the person if it is not set */
	SF_FIRST_PASS_USE,  /* take PAM_AUTHTOK; never ask */
};

/* Arguments that are not keys of the configuration. */
struct sf_args {
	const char *conf; /* configuration file; borrowed from argv */
	bool is_debug;    /* log more */
	enum sf_first_pass first_pass;
};

/* Check the names of all arguments and fill *ret_args. Fails with CONFIG: unknown or repeated. */
SF_CHECKED enum sf_err sf_args_parse(
    int argc, const char *const *argv, struct sf_args *ret_args, struct sf_error *e);

/*
 * Read the configuration file args->conf, apply the arguments argv (checked by sf_args_parse), and
 * check the result. *ret_org is borrowed from *ret_config. Fails with CONFIG or NOMEM.
 */
SF_CHECKED enum sf_err sf_args_load(const struct sf_args *args, int argc, const char *const *argv,
    struct sf_config **ret_config, const struct sf_org **ret_org, struct sf_error *e);
