/* Writing goes on after a short write, and closing leaves errno and the number right. */
#include "file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "banned.h"

static void closing_takes_no_errno_and_leaves_minus_one(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int copy = fd;

	(void)state;
	errno = ENXIO;
	sf_fd_closep(&fd);
	assert_int_equal(fd, -1);
	assert_int_equal(errno, ENXIO);
	assert_int_equal(fcntl(copy, F_GETFD), -1);
	errno = ENXIO;
	sf_fd_closep(&fd);
	assert_int_equal(errno, ENXIO);
}

static void writing_goes_on_through_short_writes_and_reports_failure(void **state)
{
	static char bytes[200000];
	char chunk[4096];
	int ends[2], status;
	size_t total = 0;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(ends[0]);
		_exit(sf_file_write_all(ends[1], bytes, sizeof(bytes)) ? 0 : 1);
	}
	(void)close(ends[1]);
	for (ssize_t got = 1; got > 0; total += (size_t)got) {
		got = read(ends[0], chunk, sizeof(chunk));
		assert_true(got >= 0);
	}
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(total, sizeof(bytes));
	assert_false(sf_file_write_all(-1, "x", 1));
	assert_int_equal(errno, EBADF);
	assert_true(sf_file_write_all(-1, "", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(closing_takes_no_errno_and_leaves_minus_one),
	    cmocka_unit_test(writing_goes_on_through_short_writes_and_reports_failure),
	};

	return cmocka_run_group_tests_name("file_io", tests, NULL, NULL);
}
