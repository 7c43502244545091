/* Start a program and end it: the parent's side. What the child does is in spawn_child.c. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "spawn_child.h"

#include "banned.h"

#define REAP_STEP_NS 5000000 /* between two looks at a child without a pidfd */

/* --- starting --- */

static const char *step_name(int step)
{
	static const char *const names[] = {
#define X(name, text) [SF_SPAWN_STEP_##name] = text,
	    SF_SPAWN_STEPS(X)
#undef X
	};

	return step >= 0 && (size_t)step < SF_COUNT(names) ? names[step] : "unknown";
}

/*
 * Has the child called exec? False: it did not; the report tells which step failed. The child has
 * got so far, or has ended, when start() returns, so that nothing is waited for. The end of the
 * pipe would not tell: a process that another thread of the host forked meanwhile has a copy of
 * its write end for as long as it lives.
 */
static bool is_running(int report_fd, struct sf_spawn_report *ret_report)
{
	struct pollfd poll_fd = {.fd = report_fd, .events = POLLIN};

	return poll(&poll_fd, 1, 0) <= 0 ||
	       read(report_fd, ret_report, sizeof(*ret_report)) != sizeof(*ret_report);
}

/*
 * Fork with all signals blocked, so that no signal handler of the host runs in the child. Returns
 * once the child has called exec or has ended.
 */
static pid_t start(const struct sf_spawn_plan *plan)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);

	/*
	 * Not fork(): it runs the host's pthread_atfork handlers and waits for other threads. The
	 * child has its own memory, and makes nothing but system calls.
	 */
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_VFORK | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		sf_spawn_child_run(plan);

	int sys = errno;

	pthread_sigmask(SIG_SETMASK, &old, NULL);
	errno = sys;
	return pid;
}

/* The path must be absolute, and the user must not be root. */
static bool is_valid(const struct sf_spawn_params *params)
{
	const struct sf_spawn_user *user = params->user;

	/* For the kernel, -1 means that the id does not change: the child would stay root. */
	return params->path && params->path[0] == '/' &&
	       (!user || (user->uid != 0 && user->uid != (uid_t)-1 && user->gid != (gid_t)-1 &&
			     user->group_count <= NGROUPS_MAX));
}

/* What is opened or allocated for the start; close_parts releases whatever is left of it. */
struct parts {
	int null_fd;
	int frames[2]; /* this process's end, the program's end */
	int report[2]; /* read end, write end */
	gid_t *groups_seen;
};

static void close_parts(struct parts *parts)
{
	sf_fd_closep(&parts->null_fd);
	for (int i = 0; i < 2; i++) {
		sf_fd_closep(&parts->frames[i]);
		sf_fd_closep(&parts->report[i]);
	}
	free(parts->groups_seen);
}

/* Everything that can fail for lack of memory or descriptors is done here, before the fork. */
static enum sf_err open_parts(
    const struct sf_spawn_user *user, struct parts *parts, struct sf_error *e)
{
	if (user) {
		parts->groups_seen = calloc(user->group_count + 1, sizeof(*parts->groups_seen));
		if (!parts->groups_seen)
			return SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
	}
	parts->null_fd = openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
	if (parts->null_fd < 0)
		return SF_FAIL(e, SF_E_WORKER, errno, "cannot %s", "open /dev/null");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, parts->frames) != 0)
		return SF_FAIL(e, SF_E_WORKER, errno, "cannot %s", "make sockets");
	if (pipe2(parts->report, O_CLOEXEC) != 0)
		return SF_FAIL(e, SF_E_WORKER, errno, "cannot %s", "pipe");
	return SF_OK;
}

static void close_now(int *fd)
{
	sf_fd_closep(fd);
	*fd = -1;
}

enum sf_err sf_spawn(
    const struct sf_spawn_params *params, struct sf_child *ret_child, struct sf_error *e)
{
	static const char *const empty[] = {NULL};
	const char *const arguments[] = {params->path, params->argument, NULL};
	SF_CLEANUP(close_parts) struct parts parts = {-1, {-1, -1}, {-1, -1}, NULL};
	enum sf_err r = SF_OK;

	if (!is_valid(params))
		return SF_FAIL(
		    e, SF_E_BUG, 0, "a program to start has no absolute path or no user");
	r = open_parts(params->user, &parts, e);
	if (r != SF_OK)
		return r;

	const struct sf_spawn_plan plan = {
	    .path = params->path,
	    .arguments = arguments,
	    .environment = params->environment ? params->environment : empty,
	    .user = params->user,
	    .groups_seen = parts.groups_seen,
	    .fds = {parts.null_fd, parts.null_fd, parts.null_fd, parts.frames[1], params->fds[1],
		params->fds[2], params->fds[3], params->fds[4]},
	    .report_fd = parts.report[1],
	    .parent = getpid(),
	    .confined = params->confined,
	    .new_session = params->new_session,
	};
	SF_CLEANUP(sf_child_killp) struct sf_child child = {.pid = start(&plan), .fd = -1};
	struct sf_spawn_report report;

	if (child.pid < 0)
		return SF_FAIL(e, SF_E_WORKER, errno, "cannot %s", "fork");
	/* Otherwise this process would never see the end of file when the child ends. */
	close_now(&parts.frames[1]);
	close_now(&parts.report[1]);
	if (!is_running(parts.report[0], &report))
		return SF_FAIL(e, SF_E_WORKER, report.sys, "cannot start %s: step %s", params->path,
		    step_name(report.step));
	*ret_child = (struct sf_child){.pid = child.pid, .fd = SF_TAKE_FD(parts.frames[0])};
	child.pid = 0;
	return SF_OK;
}

/* --- ending --- */

enum fate { ALIVE, CLEAN, FAILED, NOT_OURS };

/* Reap the child if it has ended. NOT_OURS: the host ignores SIGCHLD, or has reaped it. */
static enum fate reap(pid_t pid, int flags)
{
	int status = 0;
	pid_t got;

	do
		got = waitpid(pid, &status, flags);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		return ALIVE;
	if (got < 0)
		return NOT_OURS;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? CLEAN : FAILED;
}

/* Sleep until the child may have ended, at most left_ms. */
static void wait_for_exit(int pid_fd, int left_ms)
{
	struct pollfd poll_fd = {.fd = pid_fd, .events = POLLIN};
	const struct timespec step = {.tv_nsec = REAP_STEP_NS};

	/* A pidfd becomes readable when the child ends, whatever the host does about SIGCHLD. */
	if (pid_fd < 0 || poll(&poll_fd, 1, left_ms) < 0)
		clock_nanosleep(CLOCK_MONOTONIC, 0, &step, NULL);
}

/* Kill by pidfd, which never means another process; by pid if the kernel has no pidfd. */
static void kill_child(pid_t pid, int pid_fd)
{
	if (pid_fd < 0 || syscall(SYS_pidfd_send_signal, pid_fd, SIGKILL, NULL, 0) != 0)
		kill(pid, SIGKILL);
}

void sf_child_end(struct sf_child *child, int64_t deadline_ms, bool *ret_clean)
{
	*ret_clean = false;
	if (child->pid <= 0)
		return;
	close_now(&child->fd);

	SF_CLEANUP(sf_fd_closep) int pid_fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	enum fate fate = reap(child->pid, WNOHANG);

	/* ALIVE also means that the pid still belongs to the child: only then may it be killed. */
	while (fate == ALIVE) {
		int left_ms = sf_clock_left_ms(deadline_ms);

		if (left_ms == 0) {
			kill_child(child->pid, pid_fd);
			(void)reap(child->pid, 0);
			fate = FAILED;
			break;
		}
		wait_for_exit(pid_fd, left_ms);
		fate = reap(child->pid, WNOHANG);
	}
	child->pid = 0;
	*ret_clean = fate == CLEAN || fate == NOT_OURS;
}

void sf_child_killp(struct sf_child *child)
{
	bool ignored = false;

	sf_child_end(child, /* deadline_ms= */ 0, &ignored);
}
