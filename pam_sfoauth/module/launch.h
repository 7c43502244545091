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
#define SF_LAUNCH_END_MS      2000 /* for a worker that was told to go */

struct sf_launch_params {
	uid_t target; /* who logs in */
	int record;   /* descriptor 4; -1: none */
	int secret;   /* descriptor 5; -1: none */
};
/*
 * Start the worker. Only root can: a worker of the same uid as the person who logs in could be
 * attached to. Fails with SANDBOX or WORKER.
 */
SF_CHECKED enum sf_err sf_launch_worker(
    const struct sf_launch_params *params, struct sf_child *ret_child, struct sf_error *e);

/* The parts of a job that come from the org's section. Fails with CONFIG. */
SF_CHECKED enum sf_err sf_launch_job(
    const struct sf_org *org, enum sf_job_kind kind, struct sf_job *ret_job, struct sf_error *e);

/*
 * How the app proves itself in a sign-in: job->client_auth, and the file with its secret, root's
 * and nobody else's, which is not read here (*ret_fd: the caller's; -1 where none is needed). Fails
 * with CONFIG.
 */
SF_CHECKED enum sf_err sf_launch_secret(
    const struct sf_org *org, struct sf_job *job, int *ret_fd, struct sf_error *e);

/*
 * Have the record take_record revoked by a fresh worker until deadline_ms; nobody here reads it.
 * *ret_state is REVOKED or ORPHANED; a failure is logged, for it changes nothing else.
 */
void sf_launch_revoke(
    const struct sf_org *org, int take_record, int64_t deadline_ms, enum sf_token_state *ret_state);

/*
 * Have the record written to the user's kernel keyring by a process of the user's. Fills the
 * entry's groups. Fails with SYSTEM, WORKER or NOMEM.
 */
SF_CHECKED enum sf_err sf_launch_keep(
    struct sf_account_entry *entry, int record, struct sf_error *e);
