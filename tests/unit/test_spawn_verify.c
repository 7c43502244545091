/*
 * The drop of privileges is verified: what happens where the kernel says yes and does nothing (a
 * filter does that here), or leaves capabilities behind.
 */
#include "spawn_child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "spawn.h"

#include "banned.h"

#define USER    12345
#define NOTHING (-1)

/* From now on the call answers 0 and does nothing. */
static bool fake_call(long number)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {.len = SF_COUNT(code), .filter = code};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void become(int report_fd, long faked, bool keeps_capabilities)
{
	static const char *const arguments[] = {"/bin/true", NULL};
	static const char *const environment[] = {NULL};
	const gid_t root = 0;
	gid_t seen[1];
	const struct sf_spawn_user user = {.uid = USER, .gid = USER};
	const struct sf_spawn_plan plan = {
	    .path = arguments[0],
	    .arguments = arguments,
	    .environment = environment,
	    .user = &user,
	    .groups_seen = seen,
	    .fds = {-1, -1, -1, -1, -1, -1, -1, -1},
	    .report_fd = report_fd,
	    .parent = getppid(),
	};

	if (setgroups(1, &root) != 0 || (faked != NOTHING && !fake_call(faked)) ||
	    (keeps_capabilities && prctl(PR_SET_KEEPCAPS, 1) != 0))
		_exit(1);
	sf_spawn_child_run(&plan);
}

/* The step that the child says it failed at; -1 if the program was started. */
static int failed_step(long faked, bool keeps_capabilities)
{
	struct sf_spawn_report report = {.step = -1};
	int fds[2], status = 0;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		become(fds[1], faked, keeps_capabilities);
	close(fds[1]);
	if (read(fds[0], &report, sizeof(report)) == 0)
		report.step = -1;
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == (report.step < 0 ? 0 : 127));
	return report.step;
}

static void need_root(void)
{
	if (geteuid() == 0)
		return;
	print_message("# needs root to give privileges up\n");
	skip();
}

static void a_whole_drop_starts_the_program(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(failed_step(NOTHING, false), -1);
}

static void a_drop_that_did_nothing_is_noticed(void **state)
{
	static const long calls[] = {SYS_setgroups, SYS_setresgid, SYS_setresuid};

	(void)state;
	need_root();
	for (size_t i = 0; i < SF_COUNT(calls); i++)
		assert_int_equal(failed_step(calls[i], false), SF_SPAWN_STEP_VERIFY);
}

static void capabilities_that_stay_are_noticed(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(failed_step(NOTHING, true), SF_SPAWN_STEP_VERIFY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_drop_starts_the_program),
	    cmocka_unit_test(a_drop_that_did_nothing_is_noticed),
	    cmocka_unit_test(capabilities_that_stay_are_noticed),
	};

	return cmocka_run_group_tests_name("spawn_verify", tests, NULL, NULL);
}
