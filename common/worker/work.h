/* One job of the worker, from the frame JOB to the result. */
#pragma once

#include "flow.h"
#include "host_keys.h"
#include "http.h"
#include "job.h"
#include "reply_class.h"
#include "token.h"
#include "ui_wire.h"

#define SF_WORK_CLEANUP_MS 3000 /* reserved before the deadline of a sign-in, for a revocation */

/* The state of one job. Zeroed, it owns nothing. */
struct sf_work {
	struct sf_job job;
	struct sf_origin login;  /* of login_url */
	struct sf_origin target; /* where requests go: login, the API's host (GET), or a site */
	struct sf_token *token;  /* the job's; NULL for a sign-in and a probe */
	struct sf_secret *body;  /* of a POST or PATCH; NULL: none */
	struct sf_client client;
	struct sf_http *http;
	struct sf_ui_wire ui;
	struct sf_reply_class reply_class;
	struct sf_flow_params params;
	char host_keys[SF_HOST_KEYS_SIZE]; /* of a sign-in by paste for PAM; else "" */
	struct sf_job_result result;
};

/* Free and overwrite everything of the job: tokens, secrets and the connection. */
void sf_work_clear(struct sf_work *work);
/*
 * Before the sandbox, do all that it forbids: read secrets and certificates, resolve the host, make
 * the HTTP client. Needs job and params of *work. Fails with CONFIG, STORE and others.
 */
SF_CHECKED enum sf_err sf_work_prepare(struct sf_work *work, struct sf_error *e);
/*
 * Inside the sandbox, run the job and fill the result. After a failure, a token that the caller
 * does not have has been revoked; result.token says whether that worked.
 */
SF_CHECKED enum sf_err sf_work_run(struct sf_work *work, struct sf_error *e);
