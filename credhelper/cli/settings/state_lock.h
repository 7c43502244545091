/*
 * Locks between all processes of a person: the refresh lock for each org and user, and locks for
 * each org. A lock is a file in ~/.local/state/sfoauth held with flock(2): the kernel releases it
 * when the holder ends, even by SIGKILL. A held lock is never broken.
 */
#pragma once

#include "attr.h"
#include "err.h"

/*
 * Try to take the refresh lock without waiting. *ret_fd is the lock, which the caller closes to
 * release it, or -1 if another process holds it: then the caller waits, looks for the token that
 * the other process may have stored, and tries again. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_state_lock_try(
    const char *home, const char *key, const char *user, int *ret_fd, struct sf_error *e);

/* What only one process does at a time for an org, for all its users. */
enum sf_state_lock_kind {
	SF_STATE_LOCK_KEYRING,  /* reading the desktop keyring */
	SF_STATE_LOCK_SIGN_IN,  /* a sign-in that git started */
	SF_STATE_LOCK_CALLBACK, /* waiting for a browser; the key is the callback */
};
/* As sf_state_lock_try, for a lock of the org. Each kind is a lock of its own. */
SF_CHECKED enum sf_err sf_state_lock_try_org(const char *home, const char *key,
    enum sf_state_lock_kind kind, int *ret_fd, struct sf_error *e);
