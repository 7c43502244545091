/*
 * A host may have libraries that replace functions of the C library, and take locks in them. The
 * child of a fork must call none of these: whoever held the lock does not exist in it. This program
 * replaces them, as such a library does; in a child, each ends the process.
 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"

#include "banned.h"

#define CAUGHT 99

static pid_t own_pid;

/* In the child that has not yet become another program? */
static void forbid(void)
{
	if (own_pid != 0 && syscall(SYS_getpid) != own_pid)
		(void)syscall(SYS_exit_group, CAUGHT);
}

#define REPLACED(type, name, parameters, ...)                                                      \
	type name parameters;                                                                      \
	type name parameters                                                                       \
	{                                                                                          \
		forbid();                                                                          \
		return (type)syscall(__VA_ARGS__);                                                 \
	}
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wredundant-decls"
REPLACED(int, close, (int fd), SYS_close, fd)
REPLACED(int, dup3, (int from, int to, int flags), SYS_dup3, from, to, flags)
REPLACED(int, chdir, (const char *path), SYS_chdir, path)
REPLACED(mode_t, umask, (mode_t mask), SYS_umask, mask)
REPLACED(pid_t, setsid, (void), SYS_setsid)
REPLACED(pid_t, getppid, (void), SYS_getppid)
REPLACED(ssize_t, write, (int fd, const void *bytes, size_t len), SYS_write, fd, bytes, len)

int fcntl(int fd, int command, ...)
{
	va_list list;
	long argument;

	forbid();
	va_start(list, command);
	argument = va_arg(list, long);
	va_end(list);
	return (int)syscall(SYS_fcntl, fd, command, argument);
}

int prctl(int option, ...)
{
	va_list list;
	unsigned long argument;

	forbid();
	va_start(list, option);
	argument = va_arg(list, unsigned long);
	va_end(list);
	return (int)syscall(SYS_prctl, option, argument, 0, 0, 0);
}

static void the_child_calls_nothing_that_a_library_of_the_host_may_replace(void **state)
{
	static const struct sf_spawn_params rows[] = {
	    {.path = "/bin/true", .fds = {-1, -1, -1, -1, -1}},
	    {.path = "/bin/true", .fds = {-1, -1, -1, -1, -1}, .confined = true},
	    {.path = "/bin/true", .fds = {-1, -1, -1, -1, -1}, .new_session = true},
	    {.path = "/nonexistent/program", .fds = {-1, -1, -1, -1, -1}},
	};

	(void)state;
	own_pid = getpid();
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const bool exists = strcmp(rows[i].path, "/bin/true") == 0;
		struct sf_child child = {.fd = -1};
		struct sf_error e;
		bool is_clean = false;

		assert_int_equal(sf_spawn(&rows[i], &child, &e), exists ? SF_OK : SF_E_WORKER);
		if (!exists) {
			assert_int_equal(e.sys, ENOENT);
			continue;
		}
		sf_child_end(&child, sf_clock_now_ms() + 8000, &is_clean);
		assert_true(is_clean);
	}
	own_pid = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_child_calls_nothing_that_a_library_of_the_host_may_replace),
	};

	return cmocka_run_group_tests_name("spawn_interposed", tests, NULL, NULL);
}
