/*
 * sfoauth-worker: one job from a frame, then exit. All that talks to Salesforce happens here, in a
 * process that is never root's and is confined before the first byte arrives. See
 * sfoauth-worker(8).
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

#define JOB_WAIT_MS 10000 /* whoever starts us has the job ready */
#define CLEANUP_MS  3000  /* kept back from the deadline of a sign-in, for a revocation */
#define END_WAIT_MS 2000  /* for the last frame */

/* One job on its way. */
struct work {
	struct sf_job job;
	struct sf_origin login;  /* of login_url */
	struct sf_origin target; /* where requests go: login, or the API's host for a GET */
	struct sf_token *token;  /* the job's; NULL for a sign-in and a probe */
	struct sf_client client;
	struct sf_http *http;
	struct sf_ui_wire ui;
	struct sf_reply_class answer;
	struct sf_flow_params params;
	struct sf_job_result end;
};

static void work_clear(struct work *work)
{
	work->http = sf_http_free(work->http);
	work->token = sf_token_free(work->token);
	sf_client_clear(&work->client);
	sf_job_clear(&work->job);
}

/* --- before the sandbox --- */

/* The token that the job is about: in its frame, or for a revocation on descriptor 4. */
static enum sf_err read_token(struct work *work, struct sf_error *e)
{
	if (work->job.kind == SF_JOB_LOGIN || work->job.kind == SF_JOB_PROBE)
		return SF_OK;

	enum sf_err r = sf_token_text_read(work->job.token, &work->token, e);

	if (r != SF_OK)
		return r;
	/* A token goes nowhere but to the host that it came from. */
	if (strcmp(work->token->origin, work->login.text) != 0)
		return SF_FAIL(e, SF_E_CONFIG, 0, "the token is another host's than login_url's");
	return SF_OK;
}

static enum sf_err prepare(struct work *work, struct sf_error *e)
{
	enum sf_err r = sf_origin_parse(work->job.login_url, &work->login, e);

	if (r == SF_OK)
		r = read_token(work, e);
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

	/* What must be finished although nobody waits any more does not watch the frames. */
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

/* Give a token back. Whether it worked is told, but fails nothing. */
static void give_back(struct work *work, const struct sf_token *token)
{
	struct sf_reply_class answer = work->answer; /* the row of a failure before this stays */
	struct sf_error ignored;

	sf_http_cleanup_until(work->http, sf_clock_within_ms(work->job.deadline_ms, CLEANUP_MS));
	/* Where the answer was unusable there may be a token that is not known here. */
	work->end.token = (token->access_token || token->refresh_token) &&
				  sf_flow_revoke(&work->params, token, &ignored) == SF_OK
			      ? SF_TOKEN_STATE_REVOKED
			      : SF_TOKEN_STATE_ORPHANED;
	work->answer = answer;
}

static enum sf_err write_record(struct work *work, const struct sf_token *token, struct sf_error *e)
{
	enum sf_err r = sf_token_text_write(token, e);

	if (r != SF_OK)
		return r;
	work->end.token = SF_TOKEN_STATE_KEPT;
	return SF_OK;
}

static enum sf_err send_facts(struct work *work, const struct sf_facts *facts, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;

	sf_facts_to_frame(facts, &frame);
	return sf_wire_send(SF_WIRE_FD, &frame, work->params.deadline_ms, e);
}

/*
 * No answer in time, or nobody there, is a failure and no mere no: a yes that comes too late must
 * not take the end of a revocation for its own.
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
		return SF_FAIL(
		    e, SF_E_PROTOCOL, 0, "frame %d came in place of a verdict", (int)frame.type);
	return sf_wire_flag(&frame, SF_TAG_YES, ret_yes, e);
}

/* From the token on: who is it, may they, keep it or not. */
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
		/* Nothing about keeping a token refuses a login: then it is given back, too. */
		if (write_record(work, grant->token, e) == SF_OK)
			return SF_OK;
	}
	give_back(work, grant->token);
	return SF_OK;
}

static enum sf_err run_login(struct work *work, struct sf_error *e)
{
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};
	sf_flow_run_fn *const run = sf_flow_find(work->job.flow);

	if (!run)
		return SF_FAIL(e, SF_E_CONFIG, 0, "there is no flow of this name");

	enum sf_err r = run(&work->params, &grant, e);

	if (r == SF_OK)
		r = finish_login(work, &grant, e);
	/* Whoever holds a token and must fail gives it back first. */
	if (r != SF_OK && grant.token)
		give_back(work, grant.token);
	return r;
}

static enum sf_err run_refresh(struct work *work, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *fresh = NULL;
	enum sf_err r;

	work->params.mark = work->token->generation;
	work->params.mark_fd = SF_WIRE_BODY_FD;
	r = sf_flow_refresh_run(&work->params, work->token, &fresh, e);
	/* Where this cannot be written the refresh token counts as spent. */
	if (r != SF_OK && sf_reply_class_is_unspent(&work->answer))
		(void)!sf_file_write_all(SF_WIRE_BODY_FD, "-", 1);
	if (r != SF_OK && work->answer.row && work->answer.next == SF_NEXT_DEAD)
		work->end.token = SF_TOKEN_STATE_REVOKED;
	if (r == SF_OK)
		r = write_record(work, fresh, e);
	/* Safe in the record first: the old refresh token may be spent. */
	if (r == SF_OK)
		sf_flow_introspect_run(&work->params, fresh, &work->end.expires_at);
	return r;
}

static enum sf_err run_whois(struct work *work, struct sf_error *e)
{
	struct sf_facts facts = {0};
	enum sf_err r = sf_whois_run(&work->params, work->token, &facts, e);

	return r == SF_OK ? send_facts(work, &facts, e) : r;
}

static enum sf_err run_revoke(struct work *work, struct sf_error *e)
{
	enum sf_err r = sf_flow_revoke(&work->params, work->token, e);

	work->end.token = r == SF_OK ? SF_TOKEN_STATE_REVOKED : SF_TOKEN_STATE_ORPHANED;
	return r;
}

static enum sf_err run_get(struct work *work, struct sf_error *e)
{
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	const struct sf_http_request request = {
	    .path = work->job.path,
	    .bearer = work->token->access_token,
	    .streams = true,
	    .body_fd = SF_WIRE_BODY_FD,
	};

	if (!work->token->access_token)
		return SF_FAIL(e, SF_E_SIGN_IN_NEEDED, 0, "there is no access token");

	enum sf_err r = sf_http_run(work->http, &request, &reply, e);

	if (r == SF_OK)
		r = sf_reply_class_read(SF_ON_GET, &reply, &work->answer, &json, e);
	if (r != SF_OK)
		return r;
	work->end.status = work->answer.status;
	if (work->answer.next != SF_NEXT_GO_ON)
		return sf_reply_class_fail(&work->answer, e);
	return SF_OK;
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
		return sf_probe_run(&work->params, &work->end, e);
	}
	return SF_FAIL(e, SF_E_BUG, 0, "job %d is not known", (int)work->job.kind);
}

/* Time for a revocation is kept back where a token can come that nobody takes. */
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

	return sf_sandbox_enter(&params, &work->end.landlock, e);
}

static enum sf_err run_job(struct work *work, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	enum sf_err r = sf_wire_recv(SF_WIRE_FD, sf_clock_now_ms() + JOB_WAIT_MS, &frame, e);

	if (r == SF_OK && frame.type != SF_WIRE_JOB)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "frame %d is no job", (int)frame.type);
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
	    .answer = &work->answer,
	};
	sf_ui_wire_open(SF_WIRE_FD, work->params.deadline_ms, &work->ui);
	sf_json_start();
	r = sf_http_start(e);
	if (r == SF_OK)
		r = prepare(work, e);
	if (r == SF_OK)
		r = enter_sandbox(work, e);
	return r == SF_OK ? run_confined(work, e) : r;
}

/* The last frame. Whoever is gone does not need it. */
static void tell_end(struct work *work, enum sf_err r, const struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	struct sf_error ignored;

	work->end.trapped = sf_sandbox_trapped();
	sf_sandbox_call_name(work->end.trapped, work->end.call);
	if (r != SF_OK)
		work->end.error = *e;
	if (r != SF_OK && work->answer.row && work->answer.next != SF_NEXT_GO_ON &&
	    work->answer.failure == r &&
	    sf_text_copy(work->end.row, sizeof(work->end.row), work->answer.row)) {
		work->end.app = work->answer.app;
		work->end.hint.retry_s = work->answer.retry_s;
		sf_reply_class_words(&work->answer, work->end.hint.words);
	}
	sf_job_result_to_frame(&work->end, &frame);
	if (sf_wire_send(SF_WIRE_FD, &frame, sf_clock_now_ms() + END_WAIT_MS, &ignored) != SF_OK)
		return;
}

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
	tell_end(&work, r, &e);
	return 0;
}
