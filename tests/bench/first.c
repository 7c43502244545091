/*
 * first RUNS WORKER CA-FILE: start the worker RUNS times for a request to a port of this machine
 * where nobody listens, and print the median time until it says so, in microseconds. By then it
 * has resolved, read the CA file, initialised TLS, locked itself in and tried to connect.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "job.h"
#include "spawn.h"
#include "text.h"

#include "banned.h"

#define RUNS_MAX  1000
#define LOGIN_URL "https://acme.my.salesforce.com:9"

static int compare(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
	return (left > right) - (left < right);
}

static int64_t now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t run_once(const char *worker, const char *ca_file)
{
	static struct sf_job job;
	static struct sf_frame frame;
	const struct sf_spawn_params params = {
	    .path = worker, .fds = {-1, -1, -1, -1, -1}, .confined = true};
	const int64_t deadline_ms = sf_clock_now_ms() + 10000, start_us = now_us();
	SF_CLEANUP(sf_child_killp) struct sf_child child = {.fd = -1};
	struct sf_error e = {0};
	bool is_clean = false;

	job.kind = SF_JOB_LOGIN;
	job.deadline_ms = deadline_ms;
	if (!sf_text_copy(job.login_url, sizeof(job.login_url), LOGIN_URL) ||
	    !sf_text_copy(job.client_id, sizeof(job.client_id), "client") ||
	    !sf_text_copy(job.flow, sizeof(job.flow), "device") ||
	    !sf_text_copy(job.ca_file, sizeof(job.ca_file), ca_file))
		return -1;
	sf_job_to_frame(&job, &frame);
	if (sf_spawn(&params, &child, &e) != SF_OK ||
	    sf_wire_send(child.fd, &frame, deadline_ms, &e) != SF_OK ||
	    sf_wire_recv(child.fd, deadline_ms, &frame, &e) != SF_OK) {
		fprintf(stderr, "%s\n", e.detail);
		return -1;
	}
	struct sf_job_result end;
	if (sf_job_result_from_frame(&frame, &end, &e) != SF_OK ||
	    end.error.code != SF_E_UNAVAILABLE) {
		fprintf(stderr, "not refused: %s\n", end.error.detail);
		return -1;
	}
	sf_child_end(&child, deadline_ms, &is_clean);
	return now_us() - start_us;
}

int main(int argc, char **argv)
{
	static int64_t times[RUNS_MAX];
	const long runs = argc == 4 ? strtol(argv[1], NULL, 10) : 0;
	if (runs < 1 || runs > RUNS_MAX)
		return 2;
	for (long i = 0; i < runs; i++) {
		times[i] = run_once(argv[2], argv[3]);
		if (times[i] < 0)
			return 1;
	}
	qsort(times, (size_t)runs, sizeof(times[0]), compare);
	printf("%ld\n", (long)times[runs / 2]);
	return 0;
}
