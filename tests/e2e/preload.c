/*
 * Loaded into programs by LD_PRELOAD or /etc/ld.so.preload: says in MARK which program it is in, and
 * with SF_PRELOAD_CALLS makes every poll(2) of the worker open a file first, which its sandbox denies.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((constructor)) static void say(void)
{
	int fd = open(MARK, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, program_invocation_short_name, strlen(program_invocation_short_name)) > 0 &&
	    write(fd, "\n", 1) == 1) {
		/* said */
	}
	close(fd);
}

#ifdef SF_PRELOAD_CALLS
int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	int before = errno;

	if (strcmp(program_invocation_short_name, "sfoauth-worker") == 0)
		(void)syscall(SYS_openat, AT_FDCWD, "/etc/shadow", O_RDONLY);
	errno = before;
	return (int)syscall(SYS_poll, fds, count, timeout);
}
#endif
