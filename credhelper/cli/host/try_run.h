/*
 * A login without a service: run sfoauth-try to its end (try_protocol.h), be its conversation at
 * the terminal, and collect what the module answered and logged.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "audit_line.h"
#include "account_class.h"

#define SF_TRY_RUN_WORD_SIZE 40

struct sf_try_run {
	char auth[SF_TRY_RUN_WORD_SIZE];    /* PAM code by name */
	char account[SF_TRY_RUN_WORD_SIZE]; /* "" where authenticate had ended it */
	bool is_local;                      /* passed on to other modules, as a local account */
	enum sf_class_reason local;         /* why */
	bool has_lines; /* the service's stack has the auth and account lines already */
	bool has_audit;
	struct sf_audit_line
	    audit; /* what decided: the first line that is no success, else the first */
};

/* Fails with WORKER (it is not there, or did not end well), PROTOCOL, NOMEM, as tty_ask.h. */
SF_CHECKED enum sf_err sf_try_run_run(
    const char *service, const char *user, struct sf_try_run *ret_rehearsal, struct sf_error *e);
