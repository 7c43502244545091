/*
 * Run one job of sfoauth-worker to its end: start it, show what it shows, judge the facts it
 * brings, take the token it writes.
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
	/* For a GET: where a 2xx body goes. For a REFRESH: the mark (refresh_state.h). Else -1. */
	int body_fd;
	int secret_fd; /* client secret or key, as job.h; 0 or -1: none */
	/* Browser: listening on 127.0.0.1 (then body_fd is -1) and ::1; 0 or -1: none. */
	int listener_fds[2];
	struct sf_ui *ui;                           /* for a LOGIN */
	const struct sf_signin_check_params *claim; /* for a LOGIN: what the facts must fit */
	struct sf_facts *ret_facts; /* of a WHOIS or LOGIN that succeeds; NULL: not wanted */
};

/*
 * *ret_token is the new token of a REFRESH, or of a LOGIN that keeps it, else NULL. *ret_end is how
 * the worker ended, filled also on failure (zero if it said nothing). Fails with the worker's own
 * failure, DENIED (the facts do not fit; the worker has revoked), WORKER, PROTOCOL, NOMEM.
 */
SF_CHECKED enum sf_err sf_worker_client_run(const struct sf_worker_client_params *params,
    struct sf_token **ret_token, struct sf_job_result *ret_end, struct sf_error *e);
