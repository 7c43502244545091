/*
 * The directories below /run/sfoauth: handoff for records, lock for the counters of sign-ins. They
 * are created if missing. Owner and mode are checked on open descriptors; no link is followed.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"

#define SF_RUNDIR_PARENT  "/run"
#define SF_RUNDIR_HANDOFF "handoff"
#define SF_RUNDIR_LOCK    "lock"

struct sf_rundir_params {
	const char *parent; /* SF_RUNDIR_PARENT */
	const char *name;   /* SF_RUNDIR_HANDOFF or SF_RUNDIR_LOCK */
	bool in_memory;     /* it must be on tmpfs or ramfs, so that no token reaches a disk */
};

/*
 * Open parent/sfoauth/name: *ret_fd is the caller's. Each owner must be root or the effective uid.
 * Group and others may not write to parent and sfoauth, and have no access to the last directory
 * (mode 0700). Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_rundir_open(
    const struct sf_rundir_params *params, int *ret_fd, struct sf_error *e);
