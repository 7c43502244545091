/*
 * Run a program of the system and take what it prints: git's configuration, sshd's settings.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"

#define SF_RUN_OUTPUT_ARGS_MAX 12

struct sf_run_output_params {
	const char *const *words; /* the program, absolute, then its arguments, then NULL */
	char *const *environment; /* NULL-terminated; NULL: empty */
	int limit_ms;             /* then it is killed */
	bool takes_errors;        /* its standard error as well */
};

/*
 * ret_out gets what it prints, a NUL behind it; *ret_len is without that. Standard input is
 * /dev/null. *ret_status is its exit status. Fails with SYSTEM: cannot be started, prints too much,
 * is too slow, is ended by a signal.
 */
SF_CHECKED enum sf_err sf_run_output(const struct sf_run_output_params *params, char *ret_out,
    size_t size, size_t *ret_len, int *ret_status, struct sf_error *e);
