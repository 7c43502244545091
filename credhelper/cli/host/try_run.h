/*
 * A try run: a login without a service. Runs sfoauth-try (try_protocol.h), shows the messages of
 * the module at the terminal, and collects what it returned and logged.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "audit_line.h"
#include "account_class.h"

#define SF_TRY_RUN_WORD_SIZE 40

struct sf_try_run {
	char auth[SF_TRY_RUN_WORD_SIZE]; /* name of the PAM code, such as "PAM_SUCCESS" */
	char account
	    [SF_TRY_RUN_WORD_SIZE]; /* the same; "" if auth refused, so account did not run */
	bool is_local;              /* a local account, which sfoauth leaves to other modules */
	enum sf_class_reason local; /* why */
	bool has_lines;             /* the service's stack already has the auth and account lines */
	bool has_audit;
	/* The line that decided: the first that is not "allowed", else the first. */
	struct sf_audit_line audit;
};

/*
 * Run a login of user through service. Fails with WORKER (sfoauth-try is missing, cannot be talked
 * to or ended with an error), PROTOCOL (unknown packet), USAGE (a name is too long), NOMEM, and as
 * sf_tty_ask_line().
 */
SF_CHECKED enum sf_err sf_try_run_run(
    const char *service, const char *user, struct sf_try_run *ret_run, struct sf_error *e);
