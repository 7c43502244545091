/*
 * Run a program of the system and read its output: git's configuration, sshd's settings. Does not
 * use a shell and does not search PATH.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"

#define SF_RUN_OUTPUT_ARGS_MAX 12 /* words, without the NULL */

struct sf_run_output_params {
	const char *const *words; /* absolute path of the program, its arguments, NULL */
	char *const *argv;        /* in place of words, of any number and length; NULL: words */
	char *const *environment; /* NULL-terminated; NULL: empty */
	int limit_ms;             /* for its whole run; then it is killed */
	bool takes_errors;        /* read its standard error, too; else it goes to ours */
};

/*
 * Run the program and wait for its end. ret_out gets its output, NUL-terminated; *ret_len is
 * without the NUL. *ret_status is its exit status, whatever it is. Its standard input is /dev/null.
 * Fails with SYSTEM: cannot be started, prints size bytes or more, exceeds limit_ms, or ends by a
 * signal; ret_out then holds what was read.
 */
SF_CHECKED enum sf_err sf_run_output(const struct sf_run_output_params *params, char *ret_out,
    size_t size, size_t *ret_len, int *ret_status, struct sf_error *e);
