/*
 * The child between fork and exec: signals, descriptors, user, limits. No allocation, no lock, no
 * log. Everything that the program must not inherit ends here.
 *
 * Nothing here is called but syscall(2): a library of the host may have replaced close(2) or
 * fcntl(2) by functions that take a lock, as sanitizers do, and the thread that held it during the
 * fork does not exist here. The Makefile compiles this file without ThreadSanitizer's own calls.
 */
#include "spawn_child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "banned.h"

#define FDS        8 /* 0 to 7 are the program's */
#define BODY_FD    6
#define REPORT_FD  8
#define FIRST_FREE 9
#define FILE_MAX   (128 * 1024)
#define FILES_MAX  32
#define CPU_MAX_S  120
#define FAILED     127

/* 32-bit machines have two generations of these calls; the plain names have 16-bit ids. */
#ifdef SYS_setresuid32
#define CALL_setgroups SYS_setgroups32
#define CALL_setresgid SYS_setresgid32
#define CALL_setresuid SYS_setresuid32
#define CALL_setgid    SYS_setgid32
#define CALL_setuid    SYS_setuid32
#define CALL_getgroups SYS_getgroups32
#define CALL_getresgid SYS_getresgid32
#define CALL_getresuid SYS_getresuid32
#else
#define CALL_setgroups SYS_setgroups
#define CALL_setresgid SYS_setresgid
#define CALL_setresuid SYS_setresuid
#define CALL_setgid    SYS_setgid
#define CALL_setuid    SYS_setuid
#define CALL_getgroups SYS_getgroups
#define CALL_getresgid SYS_getresgid
#define CALL_getresuid SYS_getresuid
#endif

/*
 * Set all signals to their default action and unblock them. exec resets handlers, but ignored
 * signals stay ignored. The signals that the C library keeps for itself are among them.
 */
static bool reset_signals(void)
{
	/* The kernel's struct sigaction, at most 32 bytes, zero: SIG_DFL, no flags, no mask. */
	static const uint64_t defaults[4];
	sigset_t none = {0};

	for (int sig = 1; sig < NSIG; sig++) {
		if (sig == SIGKILL || sig == SIGSTOP)
			continue;
		if (syscall(SYS_rt_sigaction, sig, defaults, NULL, (size_t)(NSIG - 1) / 8) != 0)
			return false;
	}
	return syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, (size_t)(NSIG - 1) / 8) == 0;
}

/*
 * Set descriptors 0 to 7 as planned, the report on 8 until exec, and close all others. First all
 * are duplicated to 9 and above: in a host without stdio, 0 to 8 may be among the sources.
 */
static bool set_descriptors(const struct sf_spawn_plan *plan, int *report_fd)
{
	int moved[FDS];
	int report = (int)syscall(SYS_fcntl, plan->report_fd, F_DUPFD_CLOEXEC, FIRST_FREE);

	if (report < 0)
		return false;
	*report_fd = report;
	for (int i = 0; i < FDS; i++) {
		moved[i] = plan->fds[i];
		if (plan->fds[i] < 0)
			continue;
		moved[i] = (int)syscall(SYS_fcntl, plan->fds[i], F_DUPFD_CLOEXEC, FIRST_FREE);
		if (moved[i] < 0)
			return false;
	}
	for (int i = 0; i < FDS; i++) {
		if (moved[i] < 0)
			(void)syscall(SYS_close, i);
		else if (syscall(SYS_dup3, moved[i], i, 0) < 0)
			return false;
	}
	if (syscall(SYS_dup3, report, REPORT_FD, O_CLOEXEC) < 0)
		return false;
	*report_fd = REPORT_FD;
	return syscall(SYS_close_range, FIRST_FREE, ~0U, 0) == 0;
}

/* Whether the groups are exactly those of the user. The kernel returns them in another order. */
static bool has_groups(const struct sf_spawn_user *user, gid_t *seen)
{
	int count = (int)syscall(CALL_getgroups, (int)user->group_count + 1, seen);

	if (count < 0 || (size_t)count != user->group_count)
		return false;
	for (size_t i = 0; i < user->group_count; i++) {
		size_t j = 0;

		while (j < user->group_count && user->groups[j] != seen[i])
			j++;
		if (j == user->group_count)
			return false;
	}
	return true;
}

/* Whether any capability is left. True as well if the kernel does not tell. */
static bool has_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

	if (syscall(SYS_capget, &header, data) != 0)
		return true;
	return (data[0].permitted | data[1].permitted | data[0].effective | data[1].effective) != 0;
}

/* Whether all ids are the user's, no capability is left, and becoming root again fails. */
static bool is_user(const struct sf_spawn_user *user, gid_t *seen)
{
	uid_t uid, euid, suid;
	gid_t gid, egid, sgid;

	if (syscall(CALL_getresuid, &uid, &euid, &suid) != 0 ||
	    syscall(CALL_getresgid, &gid, &egid, &sgid) != 0)
		return false;
	if (uid != user->uid || euid != user->uid || suid != user->uid)
		return false;
	if (gid != user->gid || egid != user->gid || sgid != user->gid)
		return false;
	if (!has_groups(user, seen) || has_capabilities())
		return false;
	if (user->gid != 0 && syscall(CALL_setgid, 0) == 0)
		return false;
	return syscall(CALL_setuid, 0) != 0;
}

/* Set the soft and the hard limit of a resource. */
static bool limit(__rlimit_resource_t resource, rlim64_t max)
{
	struct rlimit64 now;

	if (syscall(SYS_prlimit64, 0, resource, NULL, &now) != 0)
		return false;
	/* Never above the hard limit of the host. */
	if (now.rlim_max < max)
		max = now.rlim_max;
	now = (struct rlimit64){max, max};
	return syscall(SYS_prlimit64, 0, resource, &now, NULL) == 0;
}

/*
 * Small limits for a program that reads from the network. The size of files is not limited if the
 * body of a GET is written to a file. RLIMIT_NPROC 0: a compromised worker cannot fork.
 */
static bool set_limits(const struct sf_spawn_plan *plan)
{
	bool has_body = plan->fds[BODY_FD] >= 0;

	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, FILES_MAX) &&
	       limit(RLIMIT_MSGQUEUE, 0) && limit(RLIMIT_RTPRIO, 0) && limit(RLIMIT_NICE, 0) &&
	       limit(RLIMIT_CPU, CPU_MAX_S) && (!plan->user || limit(RLIMIT_NPROC, 0)) &&
	       (has_body || limit(RLIMIT_FSIZE, FILE_MAX));
}

/*
 * Raise the limit of processes as far as the host may. Otherwise the kernel compares the host's
 * limit with all processes of the new user, other logins included, and exec fails. set_limits
 * lowers the limit again.
 */
static void lift_process_limit(void)
{
	struct rlimit64 limit = {RLIM64_INFINITY, RLIM64_INFINITY};

	if (syscall(SYS_prlimit64, 0, RLIMIT_NPROC, &limit, NULL) == 0 ||
	    syscall(SYS_prlimit64, 0, RLIMIT_NPROC, NULL, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)syscall(SYS_prlimit64, 0, RLIMIT_NPROC, &limit, NULL);
}

/*
 * Die with the parent. The kernel sends the signal when the thread that forked ends; getppid tells
 * whether the parent ended before prctl.
 */
static bool tie_to_parent(pid_t parent)
{
	return syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
	       syscall(SYS_getppid) == parent;
}

/* Do all steps in order, then exec. Returns only on failure: the step, and errno. */
static enum sf_spawn_step become(const struct sf_spawn_plan *plan, int *report_fd)
{
	const struct sf_spawn_user *user = plan->user;

	if (!reset_signals())
		return SF_SPAWN_STEP_SIGNALS;
	if (plan->new_session && syscall(SYS_setsid) < 0)
		return SF_SPAWN_STEP_SESSION;
	if (!set_descriptors(plan, report_fd))
		return SF_SPAWN_STEP_DESCRIPTORS;
	(void)syscall(SYS_umask, 077);
	if (syscall(SYS_chdir, "/") != 0)
		return SF_SPAWN_STEP_DIRECTORY;
	if (user && plan->confined)
		lift_process_limit();
	/* By system call: setresuid(3) would signal the host's threads, which do not exist here. */
	if (user && syscall(CALL_setgroups, user->group_count, user->groups) != 0)
		return SF_SPAWN_STEP_GROUPS;
	if (user && syscall(CALL_setresgid, user->gid, user->gid, user->gid) != 0)
		return SF_SPAWN_STEP_GID;
	if (user && syscall(CALL_setresuid, user->uid, user->uid, user->uid) != 0)
		return SF_SPAWN_STEP_UID;
	if (user && !is_user(user, plan->groups_seen))
		return SF_SPAWN_STEP_VERIFY;
	if (plan->confined && syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return SF_SPAWN_STEP_NO_NEW_PRIVS;
	if (plan->confined && !set_limits(plan))
		return SF_SPAWN_STEP_LIMITS;
	/* After the ids: the kernel clears the parent-death signal when they change. */
	if (plan->confined && !tie_to_parent(plan->parent))
		return SF_SPAWN_STEP_PARENT;
	syscall(SYS_execve, plan->path, plan->arguments, plan->environment);
	return SF_SPAWN_STEP_EXEC;
}

void sf_spawn_child_run(const struct sf_spawn_plan *plan)
{
	int report_fd = plan->report_fd;
	struct sf_spawn_report report = {.step = (int)become(plan, &report_fd)};

	report.sys = errno;
	(void)syscall(SYS_write, report_fd, &report, sizeof(report));
	for (;;)
		(void)syscall(SYS_exit_group, FAILED);
}
