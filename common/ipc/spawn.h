/*
 * Start a program of sfoauth in a clean state, bound its time, and reap it. The caller may be a
 * thread of sshd, a greeter or any other host of the PAM module: its signals, umask, environment
 * and descriptors do not change, and the child makes only async-signal-safe calls before exec.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "attr.h"
#include "err.h"

#define SF_SPAWN_FD_COUNT 5 /* descriptors 3 to 7 */

/* The user that the program runs as. Only root can change users. */
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
	const struct sf_spawn_user *user; /* NULL: the caller's user */
	/* fds[1] to fds[4] become descriptors 4 to 7; -1: closed. fds[0] is ignored. Borrowed. */
	int fds[SF_SPAWN_FD_COUNT];
	bool confined;    /* no_new_privs, no core dumps, small limits, dies with the parent */
	bool new_session; /* setsid(2): survives the process group of the login (sfoauth-keep) */
};

struct sf_child {
	pid_t pid; /* 0: none */
	int fd;    /* the caller's end of the frames, O_CLOEXEC; -1: none */
};

/*
 * Start a program. Its descriptors 0 to 2 are /dev/null, 3 is the other end of the frames, all
 * above 7 are closed. Its signals have the default action and are unblocked, the umask is 077, the
 * working directory is "/". Order in the child: groups, gid, uid, verification of these;
 * no_new_privs; limits; parent-death signal, and a check that the parent is still there; exec.
 * *ret_child is the caller's, to end. Fails with WORKER (detail names the step, sys is errno), also
 * if exec fails; with BUG for invalid params; with NOMEM.
 */
SF_CHECKED enum sf_err sf_spawn(
    const struct sf_spawn_params *params, struct sf_child *ret_child, struct sf_error *e);

/*
 * Close the frames, wait for the child to end until deadline_ms, then kill it. It is always reaped.
 * *ret_clean: it exited with 0, or the host reaped it, so that its exit status is unknown.
 */
void sf_child_end(struct sf_child *child, int64_t deadline_ms, bool *ret_clean);
/* Kill at once and reap; for SF_CLEANUP. */
void sf_child_killp(struct sf_child *child);
