/*
 * The directory ~/.local/state/sfoauth: locks and notes, no secrets. The home is that of the
 * password database, so that cron, sudo, ssh and desktop meet in one place.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"

#define SF_STATE_DIR_NAME_SIZE 32

/*
 * Open the directory, making what is missing (0700). Fails with SYSTEM: cannot be made, or the
 * last component is not a directory of ours that only we may write.
 */
SF_CHECKED enum sf_err sf_state_dir_open(const char *home, int *ret_fd, struct sf_error *e);

/* A file name for an org and user: 16 hex digits and suffix. Two keys may share one, rarely. */
void sf_state_dir_name(
    char ret[static SF_STATE_DIR_NAME_SIZE], const char *key, const char *user, const char *suffix);

/* What is remembered of one user of one org. All borrowed. */
struct sf_state_dir_place {
	const char *home;
	const char *key; /* sf_target.key */
	const char *user;
};

/*
 * Open a file of ours about the place, with flags of open(2). Made 0600 where flags say so. Fails
 * with SYSTEM; *ret_fd is -1 and SF_OK where it does not exist and is not to be made.
 */
SF_CHECKED enum sf_err sf_state_dir_file(const struct sf_state_dir_place *place, const char *suffix,
    int flags, int *ret_fd, struct sf_error *e);

/*
 * A note remembers the last generation for which something was done for key and user. Neither
 * call fails: without a directory nothing is noted.
 */
bool sf_state_dir_is_noted(
    const char *home, const char *key, const char *user, const char *generation);
void sf_state_dir_note(const char *home, const char *key, const char *user, const char *generation);
