/*
 * The refresh lock: one refresh at a time per org and user over all processes of the user. A file
 * in ~/.local/state/sfoauth/, held by flock(2): the kernel releases it when its holder ends, in
 * whatever way. Never stolen.
 */
#pragma once

#include "attr.h"
#include "err.h"

/*
 * Try to take the lock, without waiting. *ret_fd is the lock, given back by closing it, or -1
 * where somebody else has it: the caller waits, looks whether the other one has brought a newer
 * token, and tries again. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_state_lock_try(
    const char *home, const char *key, const char *user, int *ret_fd, struct sf_error *e);
