/*
 * The child's side of sf_spawn, from fork to exec. For spawn.c only. Another thread of the host may
 * have held a lock during the fork, so nothing here takes one: only system calls, by syscall(2).
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "spawn.h"

/* X(NAME, "name in messages"): the steps in their order. */
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

/* What the child writes to report_fd if a step fails. */
struct sf_spawn_report {
	int step; /* enum sf_spawn_step */
	int sys;  /* errno */
};

/* Prepared before the fork, because the child cannot allocate. */
struct sf_spawn_plan {
	const char *path;
	const char *const *arguments;   /* NULL-terminated */
	const char *const *environment; /* NULL-terminated */
	const struct sf_spawn_user *user;
	gid_t *groups_seen; /* room for user->group_count + 1 */
	int fds[8];         /* these become descriptors 0 to 7; -1: closed */
	int report_fd;      /* O_CLOEXEC: end of file without a report means that exec succeeded */
	pid_t parent;
	bool confined;    /* as in struct sf_spawn_params */
	bool new_session; /* as in struct sf_spawn_params */
};

/* Exec the program, or write a report and exit. The caller has blocked all signals. */
_Noreturn void sf_spawn_child_run(const struct sf_spawn_plan *plan);
