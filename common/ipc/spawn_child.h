/*
 * The child's side of sf_spawn: from fork to exec. For spawn.c only.
 * The caller may have had threads, so nothing here may take a lock: only system calls, by
 * syscall(2) where the C library's function does more than the call.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "spawn.h"

#define SF_SPAWN_STEPS(X)                                                                          \
	X(SIGNALS, "signals")                                                                      \
	X(SESSION, "session")                                                                      \
	X(DESCRIPTORS, "descriptors")                                                              \
	X(DIRECTORY, "directory")                                                                  \
	X(GROUPS, "groups")                                                                        \
	X(GID, "gid")                                                                              \
	X(UID, "uid")                                                                              \
	X(VERIFY, "verify")                                                                        \
	X(NO_NEW_PRIVS, "no_new_privs")                                                            \
	X(LIMITS, "limits")                                                                        \
	X(PARENT, "parent")                                                                        \
	X(EXEC, "exec")

enum sf_spawn_step {
#define X(name, text) SF_SPAWN_STEP_##name,
	SF_SPAWN_STEPS(X)
#undef X
};

/* What the child says when it cannot become the program. */
struct sf_spawn_report {
	int step; /* enum sf_spawn_step */
	int sys;  /* errno */
};

/* Made ready before the fork: the child allocates nothing. */
struct sf_spawn_plan {
	const char *path;
	const char *const *arguments;   /* NULL-terminated */
	const char *const *environment; /* NULL-terminated */
	const struct sf_spawn_user *user;
	gid_t *groups_seen; /* room for user->group_count + 1 */
	int fds[8];         /* what becomes descriptor 0 to 7; -1: closed */
	int report_fd;      /* O_CLOEXEC: its end without a report is a good exec */
	pid_t parent;
	bool confined;
	bool new_session;
};

/* Become the program, or report and exit. All signals are blocked on entry. */
_Noreturn void sf_spawn_child_run(const struct sf_spawn_plan *plan);
