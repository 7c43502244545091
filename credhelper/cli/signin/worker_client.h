/*
 * Run one job of sfoauth-worker to its end: start it, pass its messages to the person, check the
 * facts that it reports, and read the token that it wrote.
 */
#pragma once

#include "attr.h"
#include "signin_check.h"
#include "err.h"
#include "facts.h"
#include "job.h"
#include "token.h"
#include "ui.h"

struct sf_worker_client_params {
	const struct sf_job *job;
	/* GET: where a 2xx response body goes. REFRESH: the mark (refresh_state.h). Else -1. */
	int body_fd;
	int secret_fd; /* client secret or key, as job.h says; 0 or -1: none */
	/* Flow browser: listening on 127.0.0.1 (then body_fd is -1) and ::1; 0 or -1: none. */
	int listener_fds[2];
	/* REFRESH: the refresh lock, which the worker holds as long as it lives; 0 or -1: none. */
	int lock_fd;
	struct sf_ui *ui;                           /* LOGIN: reaches the person; NULL: nobody */
	const struct sf_signin_check_params *check; /* LOGIN: what the facts must match */
	struct sf_facts *ret_facts; /* of a WHOIS or LOGIN that succeeds; NULL: not wanted */
};

/*
 * Run the job; blocks until the worker ends or the job's deadline passes. *ret_token, which the
 * caller frees, is the new token of a REFRESH or of a LOGIN with job.keep, else NULL; after a
 * REFRESH that failed, a token with the new refresh token and without an access token, or NULL.
 * *ret_result is the worker's result, filled also on failure (zero if the worker reported none).
 * Fails with the failure that the worker reports, DENIED (the facts do not match; the worker has
 * revoked the token), WORKER (it did not start, or ended without a result), PROTOCOL, SYSTEM and
 * NOMEM.
 */
SF_CHECKED enum sf_err sf_worker_client_run(const struct sf_worker_client_params *params,
    struct sf_token **ret_token, struct sf_job_result *ret_result, struct sf_error *e);
