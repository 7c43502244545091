/*
 * The module's arguments (pam.conf(5)) and the configuration they change. An unknown or repeated
 * argument fails the phase.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config.h"
#include "err.h"

/* The password flow: whose password is used. */
enum sf_first_pass {
	SF_FIRST_PASS_NONE, /* the person is asked */
	SF_FIRST_PASS_TRY,  /* the stack's; the person where it has none */
	SF_FIRST_PASS_USE,  /* the stack's, nobody is asked */
};

/* What is not a key of the configuration. */
struct sf_args {
	const char *conf; /* configuration file; borrowed from argv */
	bool is_debug;    /* log more */
	enum sf_first_pass first_pass;
};

/* Check all arguments. Fails with CONFIG. */
SF_CHECKED enum sf_err sf_args_parse(
    int argc, const char *const *argv, struct sf_args *ret_args, struct sf_error *e);

/*
 * Read the configuration that args name, change it as argv (checked before) says, and check it.
 * *ret_org is borrowed from *ret_config. Fails with CONFIG or NOMEM.
 */
SF_CHECKED enum sf_err sf_args_load(const struct sf_args *args, int argc, const char *const *argv,
    struct sf_config **ret_config, const struct sf_org **ret_org, struct sf_error *e);
