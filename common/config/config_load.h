/* Read the two configuration files: /etc/sfoauth/sfoauth.conf, and the user's own. */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config.h"
#include "err.h"

/*
 * Read and parse the system's file. Root or the effective uid must own it and its directories, and
 * others must not be able to write to them. Fails with CONFIG or NOMEM; sys is ENOENT if the file
 * does not exist.
 */
SF_CHECKED enum sf_err sf_config_load(
    const char *path, struct sf_config **ret_config, struct sf_error *e);

/*
 * Read and parse the user's file. The configuration is empty if the file does not exist, if the
 * effective uid is 0, or in a setuid program. It is empty as well if another user owns the file:
 * then *ret_skipped is true, e->detail tells why, and the result is SF_OK. Fails with CONFIG or
 * NOMEM.
 */
SF_CHECKED enum sf_err sf_config_load_user(
    const char *path, struct sf_config **ret_config, bool *ret_skipped, struct sf_error *e);
