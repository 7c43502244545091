/*
 * Start one of our programs clean, bound its time, reap it. Between fork and exec only async-
 * signal-safe calls: the caller may be a
 * thread of sshd, a greeter or anything else, and keeps its signals, umask, environment and
 * descriptors as they are.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "attr.h"
#include "err.h"

#define SF_SPAWN_FD_COUNT 5 /* descriptors 3 to 7 */

/* Whom the program runs as. Only root can ask for it. */
struct sf_spawn_user {
	uid_t uid; /* never 0 */
	gid_t gid;
	const gid_t *groups; /* supplementary, borrowed */
	size_t group_count;
};

struct sf_spawn_params {
	const char *path;                 /* absolute */
	const char *argument;             /* one argument, or NULL */
	const char *const *environment;   /* NULL-terminated; NULL: empty */
	const struct sf_spawn_user *user; /* NULL: stay who we are */
	/* fds[1] to fds[4] become descriptors 4 to 7; -1: closed. fds[0] is ignored. */
	int fds[SF_SPAWN_FD_COUNT];
	bool confined;    /* no_new_privs, no core, small limits, death with the parent */
	bool new_session; /* setsid: outlives the login's process group (sfoauth-keep) */
};

struct sf_child {
	pid_t pid; /* 0: none */
	int fd;    /* our end of the frames, O_CLOEXEC; -1: none */
};

/*
 * Descriptors 0 to 2 are /dev/null, 3 is our frames' other end, all above 7 are closed; signals
 * are default and unblocked, umask 077,
 * directory "/". Order in the child: groups, gid, uid, verified; no_new_privs; limits; parent-
 * death signal; is the parent still there; exec.
 * Fails with WORKER (which step, errno in sys) also when exec fails: that is known before this
 * returns.
 */
SF_CHECKED enum sf_err sf_spawn(
    const struct sf_spawn_params *params, struct sf_child *ret_child, struct sf_error *e);

/*
 * Close our end and wait for the end of the child until deadline_ms, then kill it. *ret_clean:
 * it exited with 0, or somebody else reaped it (ECHILD). Never leaves a zombie.
 */
void sf_child_end(struct sf_child *child, int64_t deadline_ms, bool *ret_clean);
/* Kill at once and reap; for SF_CLEANUP. */
void sf_child_killp(struct sf_child *child);
