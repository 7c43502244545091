/* The programs that the module starts: the worker, as _sfoauth, and sfoauth-keep, as the user. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "account.h"
#include "attr.h"
#include "config.h"
#include "err.h"
#include "job.h"
#include "spawn.h"

#define SF_LAUNCH_WORKER_USER "_sfoauth"
#define SF_LAUNCH_WORKER      SF_LIBEXECDIR "/sfoauth-worker"
#define SF_LAUNCH_KEEP        SF_LIBEXECDIR "/sfoauth-keep"
#define SF_LAUNCH_SHORT_MS    5000 /* for a revocation, and for sfoauth-keep */
#define SF_LAUNCH_END_MS      2000 /* for the exit of a worker that has finished */

struct sf_launch_params {
	uid_t target; /* of the account that logs in */
	int record;   /* descriptor 4; -1: none */
	int secret;   /* descriptor 5; -1: none */
};

/*
 * Start the worker as _sfoauth; *ret_child is the caller's to end. Only root can start it: the
 * person who logs in could attach to a worker of the same uid (ptrace(2)). Fails with SANDBOX (not
 * root, or _sfoauth is missing or shares a uid), SYSTEM, NOMEM or WORKER.
 */
SF_CHECKED enum sf_err sf_launch_worker(
    const struct sf_launch_params *params, struct sf_child *ret_child, struct sf_error *e);

/* Fill the parts of a job that come from the org's section. Fails with CONFIG: a value too long. */
SF_CHECKED enum sf_err sf_launch_job(
    const struct sf_org *org, enum sf_job_kind kind, struct sf_job *ret_job, struct sf_error *e);

/*
 * Set job->client_auth and open the file with the app's client secret, which only root may read.
 * The module never reads it; the worker gets the descriptor. *ret_fd is the caller's, -1 if the app
 * has no secret. Fails with CONFIG.
 */
SF_CHECKED enum sf_err sf_launch_secret(
    const struct sf_org *org, struct sf_job *job, int *ret_fd, struct sf_error *e);

/*
 * Have a new worker revoke the token in take_record until deadline_ms. The module does not read
 * the record. *ret_state is REVOKED, or ORPHANED after a failure, which is logged: the decision
 * about the login is already made.
 */
void sf_launch_revoke(
    const struct sf_org *org, int take_record, int64_t deadline_ms, enum sf_token_state *ret_state);

/*
 * Run sfoauth-keep as the user, which stores the record in that user's kernel keyring. Waits for
 * its end, at most SF_LAUNCH_SHORT_MS. Fills the entry's groups. Fails with SYSTEM, WORKER (no
 * token was stored) or NOMEM.
 */
SF_CHECKED enum sf_err sf_launch_keep(
    struct sf_account_entry *entry, int record, struct sf_error *e);
