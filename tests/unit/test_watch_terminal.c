/* What a wait does to the terminal of a person who types meanwhile: real terminals and signals. */
#include "watch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"

#include "banned.h"

#define LONG_MS 20000

/* A process in a session of its own, which waits; the test holds the other end of its terminal. */
struct waiter {
	int master, slave; /* of the terminal; slave keeps it open when the process has ended */
	int go;            /* closed: the wait ends */
	pid_t pid;
};

static enum sf_err wait_for_fd(int fd)
{
	const struct sf_watch_peer peer = {.rhost = ""};
	SF_CLEANUP(sf_watch_endp) struct sf_watch watch = {0};
	struct sf_error e;

	sf_watch_begin(&watch, &peer);
	return sf_watch_wait(&watch, fd, sf_clock_now_ms() + LONG_MS, &e);
}

/* In the child, whose status is the error code. is_background: another job has the terminal. */
static void run_waiter(const char *slave, int fd, bool is_background)
{
	int status = 0;
	pid_t job = 0;

	if (setsid() < 0 || open(slave, O_RDWR) < 0)
		_exit(100);
	if (!is_background)
		_exit((int)wait_for_fd(fd));
	job = fork();
	if (job == 0)
		_exit(setpgid(0, 0) == 0 ? (int)wait_for_fd(fd) : 101);
	if (waitpid(job, &status, WUNTRACED) != job || !WIFEXITED(status))
		_exit(102);
	_exit(WEXITSTATUS(status));
}

static void start(struct waiter *waiter, bool is_background)
{
	const char *slave;
	int go[2];

	waiter->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(grantpt(waiter->master) | unlockpt(waiter->master), 0);
	slave = ptsname(waiter->master);
	assert_non_null(slave);
	waiter->slave = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	waiter->pid = fork();
	assert_true(waiter->pid >= 0);
	if (waiter->pid == 0) {
		close(go[1]);
		run_waiter(slave, go[0], is_background);
	}
	close(go[0]);
	waiter->go = go[1];
}

static bool echoes(const struct waiter *waiter)
{
	struct termios now;

	assert_int_equal(tcgetattr(waiter->slave, &now), 0);
	return (now.c_lflag & ECHO) != 0;
}

/* Until the terminal echoes or does not, or the time is over. */
static bool becomes(const struct waiter *waiter, bool is_echoing, int64_t within_ms)
{
	const int64_t until_ms = sf_clock_now_ms() + within_ms;

	while (echoes(waiter) != is_echoing && sf_clock_now_ms() < until_ms)
		(void)nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
	return echoes(waiter) == is_echoing;
}

static int end(struct waiter *waiter)
{
	int status = -1;

	close(waiter->go);
	assert_int_equal(waitpid(waiter->pid, &status, 0), waiter->pid);
	return status;
}

static void close_terminal(const struct waiter *waiter)
{
	close(waiter->master);
	close(waiter->slave);
}

static void the_terminal_does_not_echo_while_nothing_is_asked(void **state)
{
	struct waiter waiter;

	(void)state;
	start(&waiter, /* is_background= */ false);
	assert_true(becomes(&waiter, /* is_echoing= */ false, LONG_MS));
	assert_int_equal(end(&waiter), 0);
	assert_true(echoes(&waiter));
	close_terminal(&waiter);
}

/* su does not catch SIGINT: Ctrl-C ends it, and must not leave a terminal that shows nothing. */
static void a_signal_that_ends_the_host_comes_when_the_echo_is_on_again(void **state)
{
	struct waiter waiter;
	int status = -1;

	(void)state;
	start(&waiter, /* is_background= */ false);
	assert_true(becomes(&waiter, /* is_echoing= */ false, LONG_MS));
	assert_int_equal(write(waiter.master, "\003", 1), 1);
	assert_int_equal(waitpid(waiter.pid, &status, 0), waiter.pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	assert_true(echoes(&waiter));
	close(waiter.go);
	close_terminal(&waiter);
}

static void what_was_typed_is_not_there_for_the_shell(void **state)
{
	struct waiter waiter;
	char typed[16];

	(void)state;
	start(&waiter, /* is_background= */ false);
	assert_true(becomes(&waiter, /* is_echoing= */ false, LONG_MS));
	assert_int_equal(write(waiter.master, "secret\n", 7), 7);
	assert_int_equal(end(&waiter), 0);
	assert_int_equal(fcntl(waiter.slave, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(read(waiter.slave, typed, sizeof(typed)), -1);
	close_terminal(&waiter);
}

static void a_background_job_leaves_the_terminal_alone(void **state)
{
	struct waiter waiter;

	(void)state;
	start(&waiter, /* is_background= */ true);
	assert_false(becomes(&waiter, /* is_echoing= */ false, 300));
	assert_int_equal(end(&waiter), 0);
	assert_true(echoes(&waiter));
	close_terminal(&waiter);
}

/* Ansible's become: no terminal, and the pipe of standard error breaks when it gives up. */
static void without_a_terminal_a_broken_standard_error_ends_the_wait(void **state)
{
	int words[2], go[2], status = -1;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(words, O_CLOEXEC), 0);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(words[0]);
		if (setsid() < 0 || dup2(words[1], STDERR_FILENO) < 0)
			_exit(100);
		close(words[1]);
		_exit((int)wait_for_fd(go[0]));
	}
	close(words[1]);
	close(words[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), SF_E_CLIENT_GONE);
	close(go[0]);
	close(go[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_terminal_does_not_echo_while_nothing_is_asked),
	    cmocka_unit_test(a_signal_that_ends_the_host_comes_when_the_echo_is_on_again),
	    cmocka_unit_test(what_was_typed_is_not_there_for_the_shell),
	    cmocka_unit_test(a_background_job_leaves_the_terminal_alone),
	    cmocka_unit_test(without_a_terminal_a_broken_standard_error_ends_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
