/*
 * Locks over all processes of the user: one refresh at a time per org and user, and what is done
 * one at a time per org. A file in ~/.local/state/sfoauth/, held by flock(2): the kernel releases
 * it when its holder ends, in whatever way. Never stolen.
 */
#pragma once

#include "attr.h"
#include "err.h"

/*
 * Try to take the refresh lock, without waiting. *ret_fd is the lock, given back by closing it, or
 * -1 where somebody else has it: the caller waits, looks whether the other one has brought a newer
 * token, and tries again. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_state_lock_try(
    const char *home, const char *key, const char *user, int *ret_fd, struct sf_error *e);

/* What is done one at a time per org, whoever the user is. */
enum sf_state_lock_kind {
	SF_STATE_LOCK_KEYRING, /* a look into the desktop keyring */
	SF_STATE_LOCK_SIGN_IN, /* a sign-in that git brings up */
};
/* As sf_state_lock_try. No kind shares its lock with another one, or with a user's. */
SF_CHECKED enum sf_err sf_state_lock_try_org(const char *home, const char *key,
    enum sf_state_lock_kind kind, int *ret_fd, struct sf_error *e);
