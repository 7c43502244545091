/* How a program is started and ended inside a host process, and what the host keeps. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"

#include "banned.h"

#define SELF "/proc/self/exe" /* this program again */

static int run_as_child(const char *what)
{
	if (strcmp(what, "fail") == 0)
		return 3;
	if (strcmp(what, "hang") == 0)
		for (;;)
			pause();
	if (strcmp(what, "listen") == 0)
		(void)!read(3, (char[1]){0}, 1);
	return 0;
}

static int64_t soon(void)
{
	return sf_clock_now_ms() + 8000;
}

#define PLAIN(what)                                                                                \
	{                                                                                          \
		.path = SELF, .argument = (what), .fds = { -1, -1, -1, -1, -1 }                    \
	}

static void root_the_unchanged_uid_and_relative_paths_are_refused(void **state)
{
	const struct sf_spawn_user users[] = {
	    {.uid = 0, .gid = 5}, {.uid = (uid_t)-1, .gid = 5}, {.uid = 5, .gid = (gid_t)-1}};
	struct sf_spawn_params params = PLAIN("report");
	struct sf_child child;
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(users); i++) {
		params.user = &users[i];
		assert_int_equal(sf_spawn(&params, &child, &e), SF_E_BUG);
	}
	params.user = NULL;
	params.path = "sh";
	assert_int_equal(sf_spawn(&params, &child, &e), SF_E_BUG);
}

static void count_descriptors(size_t *ret)
{
	*ret = 0;
	for (int fd = 0; fd < 1024; fd++)
		*ret += fcntl(fd, F_GETFD) >= 0;
}

static void a_program_that_cannot_start_says_which_step_and_errno(void **state)
{
	struct sf_spawn_params params = PLAIN(NULL);
	struct sf_child child;
	struct sf_error e;
	size_t before, after;

	(void)state;
	count_descriptors(&before);
	params.path = "/nonexistent/program";
	assert_int_equal(sf_spawn(&params, &child, &e), SF_E_WORKER);
	assert_int_equal(e.sys, ENOENT);
	assert_non_null(strstr(e.detail, "exec"));
	params.path = "/etc/passwd";
	assert_int_equal(sf_spawn(&params, &child, &e), SF_E_WORKER);
	assert_int_equal(e.sys, EACCES);
	params.path = SELF;
	params.fds[1] = 987; /* not open */
	assert_int_equal(sf_spawn(&params, &child, &e), SF_E_WORKER);
	assert_int_equal(e.sys, EBADF);
	assert_non_null(strstr(e.detail, "descriptors"));
	count_descriptors(&after);
	assert_int_equal(before, after);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void a_bad_exit_is_not_clean(void **state)
{
	const struct sf_spawn_params params = PLAIN("fail");
	struct sf_child child;
	struct sf_error e;
	bool clean = true;

	(void)state;
	assert_int_equal(sf_spawn(&params, &child, &e), SF_OK);
	sf_child_end(&child, soon(), &clean);
	assert_false(clean);
}

static void the_end_of_the_frames_ends_a_program_that_listens(void **state)
{
	const struct sf_spawn_params params = PLAIN("listen");
	struct sf_child child;
	struct sf_error e;
	bool clean = false;

	(void)state;
	assert_int_equal(sf_spawn(&params, &child, &e), SF_OK);
	sf_child_end(&child, soon(), &clean);
	assert_true(clean);
}

static void a_program_that_hangs_is_killed_at_the_deadline(void **state)
{
	const struct sf_spawn_params params = PLAIN("hang");
	int64_t begin_ms = sf_clock_now_ms();
	struct sf_child child;
	struct sf_error e;
	bool clean = true;
	pid_t pid;

	(void)state;
	assert_int_equal(sf_spawn(&params, &child, &e), SF_OK);
	pid = child.pid;
	sf_child_end(&child, begin_ms + 200, &clean);
	assert_false(clean);
	assert_true(sf_clock_now_ms() >= begin_ms + 200);
	assert_int_equal(kill(pid, 0), -1);

	assert_int_equal(sf_spawn(&params, &child, &e), SF_OK);
	pid = child.pid;
	sf_child_killp(&child);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	/* Once more is harmless, and so is one that never was. */
	sf_child_killp(&child);
	child = (struct sf_child){0};
	sf_child_killp(&child);
	assert_true(fcntl(0, F_GETFD) >= 0);
}

static void a_host_that_reaps_children_itself_is_tolerated(void **state)
{
	const struct sf_spawn_params params = PLAIN("listen");
	const struct sf_spawn_params hang = PLAIN("hang");
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
	struct sf_child child;
	struct sf_error e;
	bool clean = false;

	(void)state;
	sigaction(SIGCHLD, &ignore, &old);
	assert_int_equal(sf_spawn(&params, &child, &e), SF_OK);
	sf_child_end(&child, soon(), &clean);
	assert_true(clean);
	assert_int_equal(sf_spawn(&hang, &child, &e), SF_OK);
	sf_child_end(&child, sf_clock_now_ms() + 50, &clean);
	assert_false(clean);
	sigaction(SIGCHLD, &old, NULL);
}

static void on_signal(int sig)
{
	(void)sig;
}

static void the_host_keeps_handlers_mask_umask_and_descriptors(void **state)
{
	struct sigaction mine = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, old, now;
	const struct sf_spawn_params params = PLAIN("fail");
	size_t fds_before, fds_after;
	sigset_t set, before, after;
	mode_t mask = umask(027);
	struct sf_child child;
	struct sf_error e;
	bool clean = false;

	(void)state;
	sigaction(SIGTERM, &mine, &old);
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &before);
	sigprocmask(SIG_BLOCK, NULL, &set);
	count_descriptors(&fds_before);
	assert_int_equal(sf_spawn(&params, &child, &e), SF_OK);
	sf_child_end(&child, soon(), &clean);
	count_descriptors(&fds_after);
	sigprocmask(SIG_SETMASK, &before, &after);
	sigaction(SIGTERM, &old, &now);
	assert_memory_equal(&set, &after, sizeof(unsigned long));
	assert_int_equal(sigismember(&after, SIGUSR2), 0);
	assert_ptr_equal(now.sa_handler, on_signal);
	assert_int_equal(umask(mask), 027);
	assert_int_equal(fds_before, fds_after);
}

static unsigned atfork_calls;

static void count_atfork(void)
{
	atfork_calls++;
}

static void *spawn_often(void *ret_good)
{
	unsigned *good = ret_good;

	for (int i = 0; i < 20; i++) {
		const struct sf_spawn_params params = PLAIN("listen");
		struct sf_child child;
		struct sf_error e;
		bool clean = false;

		if (sf_spawn(&params, &child, &e) != SF_OK)
			continue;
		sf_child_end(&child, soon(), &clean);
		*good += clean;
	}
	return NULL;
}

static void threads_start_programs_side_by_side_and_no_atfork_handler_runs(void **state)
{
	pthread_t threads[4];
	unsigned good[SF_COUNT(threads)] = {0};

	(void)state;
	assert_int_equal(pthread_atfork(count_atfork, count_atfork, count_atfork), 0);
	for (size_t i = 0; i < SF_COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, spawn_often, &good[i]), 0);
	for (size_t i = 0; i < SF_COUNT(threads); i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(good[i], 20);
	}
	assert_int_equal(atfork_calls, 0);
}

/* Forks at any moment; a child has copies of what is open, and keeps them until it is killed. */
#define COPIES 400

static pid_t copies[COPIES];
static atomic_bool is_over;

static void *fork_often(void *unused)
{
	for (size_t i = 0; i < COPIES && !atomic_load(&is_over); i++) {
		copies[i] = _Fork();
		if (copies[i] == 0) {
			(void)alarm(60); /* if the test ends early */
			for (;;)
				pause();
		}
		(void)usleep(1000);
	}
	atomic_store(&is_over, true);
	return unused;
}

static void a_process_that_the_host_forked_meanwhile_stops_no_start(void **state)
{
	enum sf_err r = SF_OK;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, fork_often, NULL), 0);
	while (r == SF_OK && !atomic_load(&is_over)) {
		const struct sf_spawn_params params = PLAIN("listen");
		struct sf_child child = {.fd = -1};
		struct sf_error e;

		r = sf_spawn(&params, &child, &e);
		sf_child_killp(&child);
	}
	atomic_store(&is_over, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	for (size_t i = 0; i < COPIES && copies[i] > 0; i++) {
		(void)kill(copies[i], SIGKILL);
		(void)waitpid(copies[i], NULL, 0);
	}
	assert_int_equal(r, SF_OK);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(root_the_unchanged_uid_and_relative_paths_are_refused),
	    cmocka_unit_test(a_program_that_cannot_start_says_which_step_and_errno),
	    cmocka_unit_test(a_bad_exit_is_not_clean),
	    cmocka_unit_test(the_end_of_the_frames_ends_a_program_that_listens),
	    cmocka_unit_test(a_program_that_hangs_is_killed_at_the_deadline),
	    cmocka_unit_test(a_host_that_reaps_children_itself_is_tolerated),
	    cmocka_unit_test(the_host_keeps_handlers_mask_umask_and_descriptors),
	    cmocka_unit_test(a_process_that_the_host_forked_meanwhile_stops_no_start),
	    cmocka_unit_test(threads_start_programs_side_by_side_and_no_atfork_handler_runs),
	};

	/* Without a sanitizer's last check, which forks: a confined program may not. */
	if (argc == 2)
		_exit(run_as_child(argv[1]));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
