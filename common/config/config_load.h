/* The two files: /etc/sfoauth/sfoauth.conf, and the user's own. */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config.h"
#include "err.h"

/*
 * Read the system's file: trusted owner, it and its directories not writable by others. sys is
 * ENOENT where it does not exist.
 */
SF_CHECKED enum sf_err sf_config_load(
    const char *path, struct sf_config **ret_config, struct sf_error *e);

/*
 * Read the user's file: owned by the effective uid. Not for uid 0. A missing file gives an empty
 * config. A file of somebody else's is
 * skipped: *ret_skipped is true and e->detail says why, the result is SF_OK and the config empty.
 */
SF_CHECKED enum sf_err sf_config_load_user(
    const char *path, struct sf_config **ret_config, bool *ret_skipped, struct sf_error *e);
