/*
 * Run a command; at one system call of one of its programs kill that process, or make the call
 * fail. Ends when the command and all that it started have ended.
 *
 *   at REPORT UID PROGRAM CALLS N HOW COMMAND [ARGUMENT]...
 *
 * REPORT   file that gets "calls=COUNT hit=NUMBER": how many calls were counted, and the number of
 *          the one that was hit, -1 if there were fewer than N
 * UID      whom the command runs as; group and user have the same number
 * PROGRAM  base name of the executable; a child counts as its parent's program until it execs.
 *          "tree": every program counts, and all of them are killed
 * CALLS    "all", or numbers of system calls with commas between them
 * N        which one, from 1, counted over all processes of PROGRAM; with "N+" also all after it
 * HOW      "kill", at its entry; or the errno that it fails with, without being carried out
 *
 * Exit status: the command's; 128 and the signal where one ended it; 125 for trouble of our own.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define TASKS_MAX 64
#define TROUBLE   125
#define OPTIONS                                                                                    \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |   \
	    PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)

/* One thread. */
struct task {
	pid_t pid; /* 0: free */
	bool is_program;
	bool is_failing; /* between entry and exit of a call that is to fail */
	bool is_known;   /* its parent's stop said whose child it is */
	bool is_held;    /* stopped until then */
};

struct at {
	const char *report;
	const char *program;
	const char *calls;
	unsigned long n;
	bool is_open_ended;
	int error; /* 0: kill */
	unsigned long count;
	long hit;
	struct task tasks[TASKS_MAX];
};

static struct task *task_of(struct at *at, pid_t pid)
{
	struct task *empty = NULL;

	for (size_t i = 0; i < TASKS_MAX; i++) {
		if (at->tasks[i].pid == pid)
			return &at->tasks[i];
		if (at->tasks[i].pid == 0 && !empty)
			empty = &at->tasks[i];
	}
	if (!empty)
		exit(TROUBLE);
	*empty = (struct task){.pid = pid};
	return empty;
}

static bool is_wanted(const struct at *at, uint64_t number)
{
	char list[512], one[32];

	if (strcmp(at->calls, "all") == 0)
		return true;
	(void)snprintf(list, sizeof(list), ",%s,", at->calls);
	(void)snprintf(one, sizeof(one), ",%lu,", (unsigned long)number);
	return strstr(list, one) != NULL;
}

static bool has_filter(pid_t pid)
{
	char path[64], line[128];
	bool found = false;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		found = found || strncmp(line, "Seccomp:\t2", 10) == 0;
	if (file)
		(void)fclose(file);
	return found;
}

/*
 * The call is not carried out: it gets a number that does not exist or, where a filter would see
 * that number, -1 for its first argument, a descriptor.
 */
static void disarm(pid_t pid)
{
	struct user_regs_struct regs;
	struct iovec vector = {&regs, sizeof(regs)};

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &vector) != 0)
		return;
#if defined(__x86_64__)
	if (has_filter(pid))
		regs.rdi = UINT64_MAX;
	else
		regs.orig_rax = UINT64_MAX;
	(void)ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &vector);
#elif defined(__aarch64__)
	int none = -1;
	struct iovec number = {&none, sizeof(none)};

	if (!has_filter(pid)) {
		(void)ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &number);
		return;
	}
	regs.regs[0] = UINT64_MAX;
	(void)ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &vector);
#endif
}

static void set_result(pid_t pid, int error)
{
	struct user_regs_struct regs;
	struct iovec vector = {&regs, sizeof(regs)};

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &vector) != 0)
		return;
#if defined(__x86_64__)
	regs.rax = (unsigned long long)-(long long)error;
#elif defined(__aarch64__)
	regs.regs[0] = (unsigned long long)-(long long)error;
#endif
	(void)ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &vector);
}

static bool is_tree(const struct at *at)
{
	return strcmp(at->program, "tree") == 0;
}

static void on_call(struct at *at, struct task *task)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, task->pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && task->is_failing) {
		task->is_failing = false;
		set_result(task->pid, at->error);
	}
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !task->is_program ||
	    !is_wanted(at, info.entry.nr))
		return;
	at->count++;
	if (at->count < at->n || (at->count > at->n && !at->is_open_ended))
		return;
	if (at->hit < 0)
		at->hit = (long)info.entry.nr;
	if (at->error == 0) {
		for (size_t i = 0; is_tree(at) && i < TASKS_MAX; i++) {
			if (at->tasks[i].pid > 0)
				(void)kill(at->tasks[i].pid, SIGKILL);
		}
		(void)kill(task->pid, SIGKILL);
		return;
	}
	task->is_failing = true;
	disarm(task->pid);
}

static void on_exec(const struct at *at, struct task *task)
{
	char path[64], exe[4096];

	(void)snprintf(path, sizeof(path), "/proc/%d/exe", task->pid);
	const ssize_t len = readlink(path, exe, sizeof(exe) - 1);
	if (len <= 0)
		return;
	exe[len] = '\0';
	const char *slash = strrchr(exe, '/');
	task->is_program = is_tree(at) || strcmp(!slash ? exe : slash + 1, at->program) == 0;
}

static void adopt(struct at *at, pid_t pid, bool is_program)
{
	struct task *task = task_of(at, pid);

	task->is_program = is_program;
	task->is_known = true;
	if (task->is_held)
		(void)ptrace(PTRACE_SYSCALL, pid, 0, 0);
	task->is_held = false;
}

/* What the stop was; returns the signal to hand on. */
static int on_stop(struct at *at, struct task *task, int status)
{
	const int signal = WSTOPSIG(status), event = status >> 16;
	unsigned long message = 0;

	if (signal == (SIGTRAP | 0x80)) {
		on_call(at, task);
		return 0;
	}
	if (event == PTRACE_EVENT_EXEC)
		on_exec(at, task);
	if ((event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
		event == PTRACE_EVENT_CLONE) &&
	    ptrace(PTRACE_GETEVENTMSG, task->pid, 0, &message) == 0)
		adopt(at, (pid_t)message, task->is_program);
	return event != 0 ? 0 : signal;
}

static int watch(struct at *at, pid_t first)
{
	int status, result = TROUBLE;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		struct task *task = task_of(at, pid);

		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			if (pid == first)
				result = WIFEXITED(status) ? WEXITSTATUS(status)
							   : 128 + WTERMSIG(status);
			task->pid = 0;
			continue;
		}
		if (!task->is_known) {
			task->is_held = true;
			continue;
		}
		const int signal = on_stop(at, task, status);
		const bool is_over = at->hit >= 0 && !at->is_open_ended && !task->is_failing;
		(void)ptrace(
		    is_over || !task->is_program ? PTRACE_CONT : PTRACE_SYSCALL, pid, 0, signal);
	}
	return result;
}

int main(int argc, char **argv)
{
	static struct at at = {.hit = -1};
	char *end;
	int status;

	if (argc < 8)
		return TROUBLE;
	const uid_t uid = (uid_t)strtoul(argv[2], NULL, 10);
	at.report = argv[1];
	at.program = argv[3];
	at.calls = argv[4];
	at.n = strtoul(argv[5], &end, 10);
	at.is_open_ended = *end == '+';
	at.error = strcmp(argv[6], "kill") == 0 ? 0 : atoi(argv[6]);
	const pid_t pid = fork();
	if (pid == 0) {
		if (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 ||
		    setresuid(uid, uid, uid) != 0)
			_exit(TROUBLE);
		(void)raise(SIGSTOP);
		(void)execv(argv[7], argv + 7);
		_exit(TROUBLE);
	}
	/* Stopped by its own hand: nothing has run yet. */
	if (pid < 0 || waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SEIZE, pid, 0, OPTIONS) != 0 || kill(pid, SIGCONT) != 0)
		return TROUBLE;
	task_of(&at, pid)->is_known = true;
	const int result = watch(&at, pid);
	FILE *report = fopen(at.report, "we");
	if (!report || fprintf(report, "calls=%lu hit=%ld\n", at.count, at.hit) < 0 ||
	    fclose(report) != 0)
		return TROUBLE;
	return result;
}
