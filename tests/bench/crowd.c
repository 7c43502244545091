/*
 * crowd INPUT RUNS JOBS PROGRAM [ARGUMENT]...: start a program RUNS times, JOBS at a time, with INPUT
 * on descriptor 0 and output to nowhere, and print the time of all divided by RUNS, in microseconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#include "banned.h"

extern char **environ;

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int main(int argc, char **argv)
{
	const long runs = argc > 4 ? strtol(argv[2], NULL, 10) : 0;
	const long jobs = argc > 4 ? strtol(argv[3], NULL, 10) : 0;
	const int64_t start_ns = now_ns();
	posix_spawn_file_actions_t actions;
	long started = 0, ended = 0;

	if (runs < 1 || jobs < 1)
		return 2;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, argv[1], O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	while (ended < runs) {
		pid_t pid;
		int status;
		if (started < runs && started - ended < jobs) {
			if (posix_spawn(&pid, argv[4], &actions, NULL, argv + 4, environ) != 0)
				return 1;
			started++;
			continue;
		}
		if (wait(&status) < 0 && errno != EINTR)
			return 1;
		if (status != 0) {
			fprintf(stderr, "%s failed\n", argv[4]);
			return 1;
		}
		ended++;
	}
	posix_spawn_file_actions_destroy(&actions);
	printf("%ld\n", (long)((now_ns() - start_ns) / runs / 1000));
	return 0;
}
