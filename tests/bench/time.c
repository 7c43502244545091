/*
 * time INPUT RUNS PROGRAM [ARGUMENT]...: start a program RUNS times with INPUT on descriptor 0 and
 * output to nowhere, and print the median time from start to end in microseconds, and the peak of
 * its memory in KiB; below 1,800 that is this program's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "banned.h"

#define RUNS_MAX 10000

extern char **environ;

static int compare(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
	return (left > right) - (left < right);
}

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Nanoseconds, or -1 if the program could not be run or did not end with 0. */
static int64_t run_once(
    char **argv, const posix_spawn_file_actions_t *actions, struct rusage *ret_usage)
{
	pid_t pid;
	int status;
	const int64_t start_ns = now_ns();
	if (posix_spawn(&pid, argv[0], actions, NULL, argv, environ) != 0)
		return -1;
	while (wait4(pid, &status, 0, ret_usage) < 0)
		if (errno != EINTR)
			return -1;
	return status == 0 ? now_ns() - start_ns : -1;
}

int main(int argc, char **argv)
{
	static int64_t times[RUNS_MAX];
	const long runs = argc > 3 ? strtol(argv[2], NULL, 10) : 0;
	posix_spawn_file_actions_t actions;
	struct rusage usage = {0};
	if (runs < 1 || runs > RUNS_MAX)
		return 2;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, argv[1], O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	for (long i = 0; i < runs; i++) {
		times[i] = run_once(argv + 3, &actions, &usage);
		if (times[i] < 0) {
			fprintf(stderr, "%s failed\n", argv[3]);
			return 1;
		}
	}
	posix_spawn_file_actions_destroy(&actions);
	qsort(times, (size_t)runs, sizeof(times[0]), compare);
	printf("%ld %ld\n", (long)(times[runs / 2] / 1000), usage.ru_maxrss);
	return 0;
}
