/*
 * sfoauth-worker: runs one job (job.h) from a frame on descriptor 3, then exits. Only this program
 * talks to Salesforce. It never runs as root and enters its sandbox before it connects. It does not
 * decide who may log in, and does not store tokens. See sfoauth-worker(8).
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api_request.h"
#include "reply_class.h"
#include "clock.h"
#include "facts_frame.h"
#include "file.h"
#include "flow.h"
#include "http.h"
#include "job.h"
#include "json.h"
#include "probe.h"
#include "token_text.h"
#include "sandbox.h"
#include "selftest.h"
#include "selftest_protocol.h"
#include "signals.h"
#include "text.h"
#include "token.h"
#include "ui_wire.h"
#include "whois.h"
#include "wire.h"

#include "banned.h"

#define JOB_WAIT_MS    10000 /* for the job: the caller sends it right after the start */
#define CLEANUP_MS     3000  /* reserved before the deadline of a sign-in, for a revocation */
#define RESULT_WAIT_MS 2000  /* for sending the last frame */

/* The state of the job. */
struct work {
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
	struct sf_job_result result;
};

static void work_clear(struct work *work)
{
	work->http = sf_http_free(work->http);
	work->token = sf_token_free(work->token);
	work->body = sf_secret_free(work->body);
	sf_client_clear(&work->client);
	sf_job_clear(&work->job);
}

/* --- before the sandbox --- */

/* Read the token of the job: from its frame, or for a revocation from descriptor 4. */
static enum sf_err read_token(struct work *work, struct sf_error *e)
{
	if (work->job.kind == SF_JOB_LOGIN || work->job.kind == SF_JOB_PROBE)
		return SF_OK;

	enum sf_err r = sf_token_text_read(work->job.token, &work->token, e);

	if (r != SF_OK)
		return r;
	/* A token is sent only to the host that issued it, even if login_url has changed. */
	if (strcmp(work->token->origin, work->login.text) != 0)
		return SF_FAIL(e, SF_E_CONFIG, 0, "the token is for %s, login_url is %s",
		    work->token->origin, work->login.text);
	return SF_OK;
}

/* Do all that the sandbox forbids: read secrets and certificates, resolve the host. */
static enum sf_err prepare_job(struct work *work, struct sf_error *e)
{
	enum sf_err r = sf_origin_parse(work->job.login_url, &work->login, e);

	if (r == SF_OK)
		r = read_token(work, e);
	if (r == SF_OK)
		r = sf_api_request_read(&work->job, &work->body, e);
	if (r == SF_OK)
		r = sf_client_open(&work->job, SF_WIRE_SECRET_FD, &work->client, e);
	if (r != SF_OK)
		return r;
	work->target = work->login;
	if (work->job.kind == SF_JOB_GET)
		r = sf_origin_parse(sf_token_api_origin(work->token), &work->target, e);
	if (r == SF_OK && work->job.site_url[0] != '\0')
		r = sf_flow_site_origin(work->job.site_url, &work->target, e);
	if (r != SF_OK)
		return r;

	/* REFRESH and REVOKE must finish even if the caller hangs up: a token would be lost. */
	bool watches = work->job.kind != SF_JOB_REFRESH && work->job.kind != SF_JOB_REVOKE;
	const struct sf_http_params http = {
	    .origin = &work->target,
	    .base = work->job.site_url[0] != '\0' ? work->job.site_url : NULL,
	    .proxy = work->job.proxy,
	    .ca_file = work->job.ca_file,
	    .deadline_ms = work->params.deadline_ms,
	    .watch_fd = watches ? SF_WIRE_FD : -1,
	};

	r = sf_http_open(&http, &work->http, e);
	work->params.http = work->http;
	return r;
}

/* --- jobs --- */

/* Revoke a token. The result frame says whether that worked; it never fails the job. */
static void revoke_token(struct work *work, const struct sf_token *token)
{
	struct sf_reply_class before = work->reply_class; /* keep the row of an earlier failure */
	struct sf_error ignored;

	sf_http_cleanup_until(work->http, sf_clock_within_ms(work->job.deadline_ms, CLEANUP_MS));
	/* Orphaned also if the reply was unusable: it may have had a token that was not read. */
	work->result.token = (token->access_token || token->refresh_token) &&
				     sf_flow_revoke(&work->params, token, &ignored) == SF_OK
				 ? SF_TOKEN_STATE_REVOKED
				 : SF_TOKEN_STATE_ORPHANED;
	work->reply_class = before;
}

static enum sf_err write_record(struct work *work, const struct sf_token *token, struct sf_error *e)
{
	enum sf_err r = sf_token_text_write(token, e);

	if (r != SF_OK)
		return r;
	work->result.token = SF_TOKEN_STATE_KEPT;
	return SF_OK;
}

static enum sf_err send_facts(struct work *work, const struct sf_facts *facts, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;

	sf_facts_to_frame(facts, &frame);
	return sf_wire_send(SF_WIRE_FD, &frame, work->params.deadline_ms, e);
}

/*
 * Wait for the verdict. None in time is a failure, not a refusal: if the job ended in DONE after
 * the revocation, a module whose approval came too late would take that for a successful login.
 */
static enum sf_err wait_verdict(struct work *work, bool *ret_yes, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	enum sf_err r = sf_wire_recv(SF_WIRE_FD, work->params.deadline_ms, &frame, e);

	*ret_yes = false;
	if (r == SF_E_UNAVAILABLE || (r == SF_OK && frame.type == SF_WIRE_END))
		return SF_FAIL(e, SF_E_EXPIRED, 0, "the verdict did not come in time");
	if (r != SF_OK)
		return r;
	if (frame.type != SF_WIRE_VERDICT)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "frame %d instead of VERDICT", (int)frame.type);
	return sf_wire_flag(&frame, SF_TAG_YES, ret_yes, e);
}

/* After the token: send the facts, wait for the verdict, then keep or revoke the token. */
static enum sf_err finish_login(struct work *work, struct sf_grant *grant, struct sf_error *e)
{
	struct sf_facts facts;
	bool is_yes = false;

	sf_whois_from_grant(grant, &facts);

	enum sf_err r = sf_whois_run(&work->params, grant->token, &facts, e);

	if (r == SF_OK)
		r = send_facts(work, &facts, e);
	if (r == SF_OK)
		r = wait_verdict(work, &is_yes, e);
	if (r != SF_OK)
		return r;
	if (is_yes && work->job.keep) {
		uint64_t expires_at = 0;

		memcpy(grant->token->username, facts.username, sizeof(grant->token->username));
		sf_flow_introspect_run(&work->params, grant->token, &expires_at);
		if (expires_at > 0)
			grant->token->expires_at = expires_at;
		/* A record that cannot be written does not refuse the login: revoke the token. */
		if (write_record(work, grant->token, e) == SF_OK)
			return SF_OK;
	}
	revoke_token(work, grant->token);
	return SF_OK;
}

static enum sf_err run_login(struct work *work, struct sf_error *e)
{
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};
	sf_flow_run_fn *const run = sf_flow_find(work->job.flow);

	if (!run)
		return SF_FAIL(e, SF_E_CONFIG, 0, "there is no flow '%s'", work->job.flow);

	enum sf_err r = run(&work->params, &grant, e);

	if (r == SF_OK)
		r = finish_login(work, &grant, e);
	/* A failed login must not leave a valid token behind. */
	if (r != SF_OK && grant.token)
		revoke_token(work, grant.token);
	return r;
}

static enum sf_err run_refresh(struct work *work, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *fresh = NULL;
	enum sf_err r;

	work->params.mark = work->token->generation;
	work->params.mark_fd = SF_WIRE_BODY_FD;
	r = sf_flow_refresh_run(&work->params, work->token, &fresh, e);
	/* "-": the refresh token is still valid. If it cannot be written, it counts as used. */
	if (r != SF_OK && sf_reply_class_is_unspent(&work->reply_class))
		(void)!sf_file_write_all(SF_WIRE_BODY_FD, "-", 1);
	if (r != SF_OK && work->reply_class.row && work->reply_class.next == SF_NEXT_DEAD)
		work->result.token = SF_TOKEN_STATE_REVOKED;
	if (r == SF_OK)
		r = write_record(work, fresh, e);
	/* After the record: with rotation, the new refresh token is the only valid one. */
	if (r == SF_OK)
		sf_flow_introspect_run(&work->params, fresh, &work->result.expires_at);
	return r;
}

static enum sf_err run_whois(struct work *work, struct sf_error *e)
{
	struct sf_facts facts = {0};
	enum sf_err r = sf_whois_learn(&work->params, work->token, e);

	if (r == SF_OK)
		r = sf_whois_run(&work->params, work->token, &facts, e);
	return r == SF_OK ? send_facts(work, &facts, e) : r;
}

static enum sf_err run_revoke(struct work *work, struct sf_error *e)
{
	enum sf_err r = sf_flow_revoke(&work->params, work->token, e);

	work->result.token = r == SF_OK ? SF_TOKEN_STATE_REVOKED : SF_TOKEN_STATE_ORPHANED;
	return r;
}

static enum sf_err run_get(struct work *work, struct sf_error *e)
{
	enum sf_err r = sf_api_request_run(&work->params, work->token, work->body, e);

	work->result.status = work->reply_class.status;
	return r;
}

static enum sf_err run_confined(struct work *work, struct sf_error *e)
{
	switch (work->job.kind) {
	case SF_JOB_LOGIN:
		return run_login(work, e);
	case SF_JOB_REFRESH:
		return run_refresh(work, e);
	case SF_JOB_WHOIS:
		return run_whois(work, e);
	case SF_JOB_REVOKE:
		return run_revoke(work, e);
	case SF_JOB_GET:
		return run_get(work, e);
	case SF_JOB_PROBE:
		return sf_probe_run(&work->params, &work->result, e);
	}
	return SF_FAIL(e, SF_E_BUG, 0, "job %d is not known", (int)work->job.kind);
}

/* The deadline of the flow. A sign-in reserves time to revoke a token that is not kept. */
static int64_t flow_deadline(const struct sf_job *job)
{
	int64_t left_ms = sf_clock_left_ms(job->deadline_ms);
	int64_t back_ms = left_ms / 4 < CLEANUP_MS ? left_ms / 4 : CLEANUP_MS;

	return job->kind == SF_JOB_LOGIN ? job->deadline_ms - back_ms : job->deadline_ms;
}

static enum sf_err enter_sandbox(struct work *work, struct sf_error *e)
{
	const struct sf_sandbox_params params = {
	    .port = sf_http_port(work->http),
	    .serves =
		work->job.kind == SF_JOB_LOGIN && sf_flows_is(work->job.flow, SF_FLOWS_LISTENS),
	};

	return sf_sandbox_enter(&params, &work->result.landlock, e);
}

static enum sf_err run_job(struct work *work, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	enum sf_err r = sf_wire_recv(SF_WIRE_FD, sf_clock_now_ms() + JOB_WAIT_MS, &frame, e);

	if (r == SF_OK && frame.type != SF_WIRE_JOB)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "frame %d instead of JOB", (int)frame.type);
	if (r == SF_OK)
		r = sf_job_from_frame(&frame, &work->job, e);
	if (r != SF_OK)
		return r;
	work->params = (struct sf_flow_params){
	    .ui = &work->ui.ui,
	    .job = &work->job,
	    .client = &work->client,
	    .origin = &work->login,
	    .deadline_ms = flow_deadline(&work->job),
	    .reply_class = &work->reply_class,
	};
	sf_ui_wire_open(SF_WIRE_FD, work->params.deadline_ms, &work->ui);
	sf_json_start();
	r = sf_http_start(e);
	if (r == SF_OK)
		r = prepare_job(work, e);
	if (r == SF_OK)
		r = enter_sandbox(work, e);
	return r == SF_OK ? run_confined(work, e) : r;
}

/* Send the last frame, DONE or FAIL. Best effort: the caller may be gone. */
static void send_result(struct work *work, enum sf_err r, const struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	struct sf_error ignored;

	work->result.trapped = sf_sandbox_trapped();
	sf_sandbox_call_name(work->result.trapped, work->result.call);
	if (r != SF_OK)
		work->result.error = *e;
	if (r != SF_OK && work->reply_class.row && work->reply_class.next != SF_NEXT_GO_ON &&
	    work->reply_class.failure == r &&
	    sf_text_copy(work->result.row, sizeof(work->result.row), work->reply_class.row)) {
		work->result.app = work->reply_class.app;
		work->result.hint.retry_s = work->reply_class.retry_s;
		sf_reply_class_words(&work->reply_class, work->result.hint.words);
	}
	sf_job_result_to_frame(&work->result, &frame);
	if (sf_wire_send(SF_WIRE_FD, &frame, sf_clock_now_ms() + RESULT_WAIT_MS, &ignored) != SF_OK)
		return;
}

/* Is descriptor 3 a socket for frames? Not if a person runs the worker by hand. */
static bool has_frames(void)
{
	int type = 0;
	socklen_t size = sizeof(type);

	return getsockopt(SF_WIRE_FD, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
	       type == SOCK_SEQPACKET;
}

int main(int argc, char **argv)
{
	SF_CLEANUP(work_clear) struct work work = {0};
	struct sf_error e = {0};
	enum sf_err r = sf_sandbox_drop_root(&e);

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("sfoauth-worker " SF_VERSION) < 0;
	if (argc == 2 && sf_text_starts(argv[1], SF_SELFTEST_ARGUMENT))
		return sf_selftest_run(argv[1] + strlen(SF_SELFTEST_ARGUMENT), r, &e);
	if (argc != 1 || !has_frames()) {
		(void)fprintf(stderr, "sfoauth-worker: started by other parts of sfoauth, never by "
				      "hand. See sfoauth-worker(8).\n");
		return 2;
	}
	if (r == SF_OK)
		r = sf_signals_hold(&e);
	if (r == SF_OK)
		r = run_job(&work, &e);
	send_result(&work, r, &e);
	return 0;
}
