/*
 * /run/sfoauth: where the module keeps records on their way (handoff) and the file of starts
 * (lock). Made when absent; checked on open descriptors, no link is followed.
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
	bool in_memory;     /* it must lie on tmpfs or ramfs: what is there never reaches a disk */
};

/*
 * Open parent/sfoauth/name. A trusted owner is root or the effective uid; parent and sfoauth may
 * not be writable by others, the last directory is mode 0700. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_rundir_open(
    const struct sf_rundir_params *params, int *ret_fd, struct sf_error *e);
