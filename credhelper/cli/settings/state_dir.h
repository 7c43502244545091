/*
 * The state directory ~/.local/state/sfoauth: locks and notes, no secrets. The home directory is
 * that of the password database, not $HOME, so that cron, sudo, ssh and desktop use the same locks.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"

#define SF_STATE_DIR_NAME_SIZE 32

/*
 * Open the directory and create what is missing of its path (0700). The caller closes *ret_fd.
 * Fails with SYSTEM: it cannot be created, or this user does not own it, or others can write it.
 */
SF_CHECKED enum sf_err sf_state_dir_open(const char *home, int *ret_fd, struct sf_error *e);

/* The name of a file about an org and user: 16 hex digits of a hash, and the suffix. */
void sf_state_dir_name(
    char ret[static SF_STATE_DIR_NAME_SIZE], const char *key, const char *user, const char *suffix);

/* The user and org that a file is about. Pointers are borrowed. */
struct sf_state_dir_place {
	const char *home;
	const char *key; /* sf_target.app_key */
	const char *user;
};

/*
 * Open the file about the place that has this suffix, with flags of open(2); O_CREAT creates it
 * 0600. The caller closes *ret_fd; it is -1, with SF_OK, if the file does not exist and flags have
 * no O_CREAT. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_state_dir_file(const struct sf_state_dir_place *place, const char *suffix,
    int flags, int *ret_fd, struct sf_error *e);

/*
 * The note of the last generation that was copied to the desktop keyring for key and user: read it,
 * write it. Best effort: without a directory there is no note.
 */
bool sf_state_dir_is_noted(
    const char *home, const char *key, const char *user, const char *generation);
void sf_state_dir_note(const char *home, const char *key, const char *user, const char *generation);
