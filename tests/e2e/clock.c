/*
 * Loaded into sfoauth by LD_PRELOAD: waits end at once, and the clock of deadlines moves on by as much.
 * The file SF_CLOCK_FILE has the seconds by which it has moved; the fake reads it as its clock_file.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 1000 /* a wait of the command for a person */
#define REAL_MS 40   /* what it takes here: a browser may answer meanwhile */

static double moved_s;

static void move(double seconds)
{
	char text[64];
	int fd = open(SF_CLOCK_FILE, O_WRONLY | O_CLOEXEC);

	moved_s += seconds;
	(void)snprintf(text, sizeof(text), "%017.3f", moved_s);
	if (fd < 0 || pwrite(fd, text, strlen(text), 0) < 0)
		abort();
	close(fd);
}

static int is_ours(void)
{
	return strcmp(program_invocation_short_name, "sfoauth") == 0;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
	int r = (int)syscall(SYS_clock_gettime, id, now);

	if (r == 0 && id == CLOCK_BOOTTIME && is_ours()) {
		now->tv_nsec += (long)((moved_s - (double)(long)moved_s) * 1e9);
		now->tv_sec += (long)moved_s + now->tv_nsec / 1000000000;
		now->tv_nsec %= 1000000000;
	}
	return r;
}

int clock_nanosleep(clockid_t id, int flags, const struct timespec *until, struct timespec *left)
{
	struct timespec now;

	if (id != CLOCK_BOOTTIME || flags != TIMER_ABSTIME || !is_ours())
		return (int)syscall(SYS_clock_nanosleep, id, flags, until, left) == 0 ? 0 : errno;
	(void)clock_gettime(id, &now);
	const double seconds =
	    (double)(until->tv_sec - now.tv_sec) + (double)(until->tv_nsec - now.tv_nsec) / 1e9;

	if (seconds > 0)
		move(seconds + 0.001);
	return 0;
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	const int is_tick = timeout == TICK_MS && is_ours();
	const int r = (int)syscall(SYS_poll, fds, count, is_tick ? REAL_MS : timeout);

	if (is_tick && r == 0)
		move((TICK_MS - REAL_MS) / 1e3);
	return r;
}
