/* A process in the worker's sandbox, for its tests. */
#pragma once

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sandbox.h"

#define PORT 443

/*
 * Run act in a child that is confined; fill (NULL: nothing) sets more of the params, in the child.
 * What it ended with: 0 for a yes, 1 for a no, -SIGNAL.
 */
static inline int confined_by(int (*act)(void), void (*fill)(struct sf_sandbox_params *params))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		struct sf_error e;
		struct sf_sandbox_params params = {.port = PORT};
		uint32_t landlock = 0;

		if (fill)
			fill(&params);
		if (sf_sandbox_enter(&params, &landlock, &e) != SF_OK)
			_exit(99);
		_exit(act());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static inline int confined(int (*act)(void))
{
	return confined_by(act, /* fill= */ NULL);
}

/* 0: it was refused as it should be. */
static inline int refused(long result)
{
	return result == -1 && errno == EPERM ? 0 : 1;
}
