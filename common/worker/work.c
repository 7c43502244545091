/*
 * The jobs of the worker (job.h): what each does before the sandbox, and inside it. worker.c
 * receives the job, enters the sandbox and sends the result.
 */
#include "work.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "api_request.h"
#include "clock.h"
#include "facts_frame.h"
#include "file.h"
#include "park.h"
#include "probe.h"
#include "text.h"
#include "token_text.h"
#include "whois.h"
#include "wire.h"

#include "banned.h"

void sf_work_clear(struct sf_work *work)
{
	work->http = sf_http_free(work->http);
	work->token = sf_token_free(work->token);
	work->body = sf_secret_free(work->body);
	sf_client_clear(&work->client);
	sf_job_clear(&work->job);
}

/* --- before the sandbox --- */

/* Read the token of the job: from its frame, or for a revocation from descriptor 4. */
static enum sf_err read_token(struct sf_work *work, struct sf_error *e)
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

/*
 * Name the host's ssh keys in a sign-in by paste that root started, as the module does. For a
 * person's own command they would tell Salesforce about a machine that nobody logs in to.
 */
static void name_host(struct sf_work *work)
{
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t size = sizeof(peer);
	struct sf_text names = SF_TEXT(work->host_keys);
	enum sf_flow_id flow = SF_FLOW_AUTO;

	if (work->job.kind != SF_JOB_LOGIN || !sf_flows_find(work->job.flow, &flow) ||
	    flow != SF_FLOW_PASTE ||
	    getsockopt(SF_WIRE_FD, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.uid != 0)
		return;
	sf_host_keys_names(sf_host_keys_files, &names);
	work->params.host_keys = work->host_keys;
}

/*
 * The host of a sign-in may be killed while its person reads the prompt, as sshd's is when the
 * client goes. The kernel would kill this process with it, and a token that was approved meanwhile
 * would live on unseen. So a sign-in outlives its host: it ends at the hang-up of its frames,
 * at the latest at its deadline, after it has revoked what it holds.
 */
static enum sf_err outlive_host(const struct sf_job *job, struct sf_error *e)
{
	if (job->kind != SF_JOB_LOGIN || prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0)
		return SF_OK;
	return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot clear the parent-death signal");
}

enum sf_err sf_work_prepare(struct sf_work *work, struct sf_error *e)
{
	enum sf_err r = sf_origin_parse(work->job.login_url, &work->login, e);

	if (r == SF_OK)
		r = outlive_host(&work->job, e);
	if (r == SF_OK)
		r = read_token(work, e);
	if (r == SF_OK)
		r = sf_api_request_read(&work->job, &work->body, e);
	if (r == SF_OK)
		r = sf_client_open(&work->job, SF_WIRE_SECRET_FD, &work->client, e);
	if (r == SF_OK && work->job.kind == SF_JOB_REFRESH)
		r = sf_park_open(work->job.park, work->token, &work->params.park, e);
	if (r != SF_OK)
		return r;
	name_host(work);
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
static void revoke_token(struct sf_work *work, const struct sf_token *token)
{
	struct sf_reply_class before = work->reply_class; /* keep the row of an earlier failure */
	struct sf_error ignored;

	sf_http_cleanup_until(
	    work->http, sf_clock_within_ms(work->job.deadline_ms, SF_WORK_CLEANUP_MS));
	/* Orphaned also if the reply was unusable: it may have had a token that was not read. */
	work->result.token = (token->access_token || token->refresh_token) &&
				     sf_flow_revoke(&work->params, token, &ignored) == SF_OK
				 ? SF_TOKEN_STATE_REVOKED
				 : SF_TOKEN_STATE_ORPHANED;
	work->reply_class = before;
}

/*
 * Write the token's text to descriptor 4, which the caller reads. From here on the caller is
 * responsible for the token, so it must no longer be revoked here.
 */
static enum sf_err write_record(
    struct sf_work *work, const struct sf_token *token, struct sf_error *e)
{
	enum sf_err r = sf_token_text_write(token, e);

	if (r != SF_OK)
		return r;
	work->result.token = SF_TOKEN_STATE_KEPT;
	return SF_OK;
}

/* Send what Salesforce says about the person. The caller decides, by policy/identity.c. */
static enum sf_err send_facts(
    struct sf_work *work, const struct sf_facts *facts, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;

	sf_facts_to_frame(facts, &frame);
	return sf_wire_send(SF_WIRE_FD, &frame, work->params.deadline_ms, e);
}

/*
 * Wait for the verdict. None in time is a failure, not a refusal: if the job ended in DONE after
 * the revocation, a module whose approval came too late would take that for a successful login.
 */
static enum sf_err wait_verdict(struct sf_work *work, bool *ret_yes, struct sf_error *e)
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
static enum sf_err finish_login(struct sf_work *work, struct sf_grant *grant, struct sf_error *e)
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

/*
 * LOGIN: get a token by the flow of the job, then let the caller decide. Every end but a written
 * record revokes the token: for a login, a token is worthless unless the caller has it.
 */
static enum sf_err run_login(struct sf_work *work, struct sf_error *e)
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

/*
 * REFRESH: exchange the refresh token of the job. Before the request, the flow writes the token's
 * generation to descriptor 6: the caller then knows that the token may be used up, even if this
 * process ends before the answer.
 */
static enum sf_err run_refresh(struct sf_work *work, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *fresh = NULL;
	struct sf_error ignored;
	enum sf_err r;

	work->params.mark = work->token->generation;
	work->params.mark_fd = SF_WIRE_BODY_FD;
	r = sf_flow_refresh_run(&work->params, work->token, &fresh, e);
	/* "-": the refresh token is still valid. If it cannot be written, it counts as used. */
	if (r != SF_OK && sf_reply_class_is_unspent(&work->reply_class))
		(void)!sf_file_write_all(SF_WIRE_BODY_FD, "-", 1);
	if (r != SF_OK && work->reply_class.row && work->reply_class.next == SF_NEXT_DEAD)
		work->result.token = SF_TOKEN_STATE_REVOKED;
	/* With rotation, only the new refresh token is valid: also if the rest is refused. */
	if (fresh) {
		enum sf_err written = write_record(work, fresh, r == SF_OK ? e : &ignored);

		r = r == SF_OK ? written : r;
	}
	if (r == SF_OK)
		sf_flow_introspect_run(&work->params, fresh, &work->result.expires_at);
	return r;
}

/* WHOIS: send the facts about the person whose access token this is. No verdict follows. */
static enum sf_err run_whois(struct sf_work *work, struct sf_error *e)
{
	struct sf_facts facts = {0};
	enum sf_err r = sf_whois_learn(&work->params, work->token, e);

	if (r == SF_OK)
		r = sf_whois_run(&work->params, work->token, &facts, e);
	return r == SF_OK ? send_facts(work, &facts, e) : r;
}

/* REVOKE: end the grant at Salesforce. KEPT is not possible here, so a failure is ORPHANED. */
static enum sf_err run_revoke(struct sf_work *work, struct sf_error *e)
{
	enum sf_err r = sf_flow_revoke(&work->params, work->token, e);

	work->result.token = r == SF_OK ? SF_TOKEN_STATE_REVOKED : SF_TOKEN_STATE_ORPHANED;
	return r;
}

/*
 * GET: one request to the API, with the method of the job. The body of the answer goes to
 * descriptor 6, and the status into the result, also of an answer that is an error.
 */
static enum sf_err run_get(struct sf_work *work, struct sf_error *e)
{
	enum sf_err r = sf_api_request_run(&work->params, work->token, work->body, e);

	work->result.status = work->reply_class.status;
	return r;
}

enum sf_err sf_work_run(struct sf_work *work, struct sf_error *e)
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
