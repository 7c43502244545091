/* The age of sshd's process from /proc (proc_pid_stat(5)), and what it leaves of the time. */
#include "grace.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "text.h"

#include "banned.h"

#define START_FIELD 22 /* starttime, in clock ticks since the boot */

int64_t sf_grace_age_s(pid_t pid)
{
	char path[64], line[1024];
	struct sf_text text = SF_TEXT(path);
	struct timespec now;
	const char *at;
	ssize_t n;
	SF_CLEANUP(sf_fd_closep) int fd = -1;

	if (!sf_text_addf(&text, "/proc/%d/stat", (int)pid))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, line, sizeof(line) - 1) : -1;
	if (n <= 0 || clock_gettime(CLOCK_BOOTTIME, &now) != 0)
		return -1;
	line[n] = '\0';
	/* The second field is the program's name, which may contain blanks and brackets. */
	at = strrchr(line, ')');
	for (int field = 2; at && field < START_FIELD; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return -1;

	const long ticks = sysconf(_SC_CLK_TCK);
	const long long start = strtoll(at, NULL, 10);
	const int64_t age_s = ticks > 0 ? (int64_t)now.tv_sec - start / ticks : -1;

	return age_s >= 0 ? age_s : -1;
}

uint32_t sf_grace_left_s(uint32_t timeout_s, int64_t age_s)
{
	const int64_t left_s = (int64_t)timeout_s + SF_GRACE_MORE_S - age_s;

	return age_s < 0 || left_s <= 0 || left_s > timeout_s ? timeout_s : (uint32_t)left_s;
}
