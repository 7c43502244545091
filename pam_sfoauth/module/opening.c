/*
 * Starts the worker with a flow of the policy, or a decoy that behaves like a recent start. Shows
 * nothing: that is signin.c.
 */
#include "opening.h"

#include <string.h>

#include "clock.h"
#include "decoy.h"
#include "file.h"
#include "hosts.h"
#include "launch.h"
#include "parity.h"
#include "text.h"

#include "banned.h"

/* Fill the job: org, flow, scopes, and the permissions that the worker has to report. */
static enum sf_err fill_job(const struct sf_signin *signin, struct sf_job *job, struct sf_error *e)
{
	const struct sf_phase *phase = signin->phase;
	const struct sf_pam *policy = &phase->config->pam;
	struct sf_text scope = SF_TEXT(job->scope), permissions = SF_TEXT(job->permissions);
	enum sf_err r = sf_launch_job(phase->org, SF_JOB_LOGIN, job, e);

	if (r != SF_OK)
		return r;
	job->keep = signin->record >= 0;
	job->deadline_ms = signin->deadline_ms - SF_SIGNIN_MARGIN_MS;
	/*
	 * Never refresh_token: a new one can revoke the refresh token of the person's git helper.
	 */
	(void)sf_text_add(&scope, "openid id");
	if (job->keep)
		(void)sf_text_add(&scope, " api");
	if (policy->require_permission.count > 0)
		(void)sf_text_add(&scope, " custom_permissions");
	for (size_t i = 0; i < policy->require_permission.count; i++)
		(void)sf_text_addf(&permissions, "%s ", policy->require_permission.items[i]);
	/* If the names do not fit, "" asks the worker to report all permissions. */
	if (permissions.overflow)
		job->permissions[0] = '\0';
	if (scope.overflow || !sf_text_copy(job->flow, sizeof(job->flow), phase->flow) ||
	    !sf_text_copy(job->callback, sizeof(job->callback), phase->org->callback.items[0]) ||
	    !sf_text_copy(job->username, sizeof(job->username), signin->username))
		return SF_FAIL(e, SF_E_CONFIG, 0, "scope, callback or user name is too long");
	return SF_OK;
}

/* Start the worker with one flow. Wait for its address and code, and for its question if any. */
static enum sf_err open_flow(struct sf_signin *signin, struct sf_error *e)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {.deadline_ms = signin->deadline_ms};
	SF_CLEANUP(sf_fd_closep) int secret = -1;
	struct sf_relay *relay = &signin->relay;
	enum sf_err r = fill_job(signin, &job, e);

	if (r == SF_OK)
		r = sf_launch_secret(signin->phase->org, &job, &secret, e);
	if (r != SF_OK)
		return r;

	const struct sf_launch_params params = {
	    .target = signin->phase->who.account.uid,
	    .record = signin->record,
	    .secret = secret,
	};

	r = sf_launch_worker(&params, &signin->child, e);
	if (r == SF_OK)
		r = sf_relay_start(relay, signin->child.fd, signin->deadline_ms, &job, e);
	relay->watch = &signin->phase->watch;
	if (r == SF_OK && !signin->is_password)
		r = sf_relay_show(relay, signin->is_device, &signin->show, e);
	if (r == SF_OK && !signin->is_device)
		r = sf_relay_asked(
		    relay, signin->is_password ? SF_ASK_PASSWORD : SF_ASK_CALLBACK, e);
	return r;
}

/* Take one of the policy's flows. */
static void set_flow(struct sf_signin *signin, const char *flow)
{
	signin->phase->flow = flow;
	signin->is_device = strcmp(flow, sf_flows_name(SF_FLOW_DEVICE)) == 0;
	signin->is_password = strcmp(flow, sf_flows_name(SF_FLOW_PASSWORD)) == 0;
}

/*
 * Start the first flow of the policy that Salesforce has enabled for this app. *ret_flow is the
 * index of the last one that was tried.
 */
static enum sf_err open_flows(struct sf_signin *signin, uint32_t *ret_flow, struct sf_error *e)
{
	const struct sf_list *flows = &signin->phase->config->pam.flows;
	enum sf_err r = SF_OK;

	for (size_t i = 0; i < flows->count; i++) {
		*ret_flow = (uint32_t)i;
		set_flow(signin, flows->items[i]);
		/*
		 * Only Salesforce's "flow not enabled" leads on: a failure must not select the
		 * flow.
		 */
		r = open_flow(signin, e);
		if (r == SF_OK || i + 1 == flows->count || !sf_relay_is_flow_closed(&signin->relay))
			break;
		sf_log_error(e);
		sf_child_killp(&signin->child);
	}
	return r;
}

enum sf_err sf_opening_real(struct sf_signin *signin, enum sf_rule *ret_rule, struct sf_error *e)
{
	const int64_t begin_ms = sf_clock_now_ms();
	struct sf_parity_start start = {.outcome = SF_OK};
	enum sf_err r = open_flows(signin, &start.flow, e);

	if (r == SF_OK && !signin->is_password)
		*ret_rule = sf_hosts_page(&signin->pinned, signin->show.verification_uri);
	if (r == SF_E_CLIENT_GONE || r == SF_E_INTERRUPTED)
		return r;
	start.took_ms = sf_clock_now_ms() - begin_ms;
	start.outcome = r;
	sf_parity_note_start(sf_throttle_parity(&signin->phase->throttle), &start);
	return r;
}

enum sf_err sf_opening_decoy(struct sf_signin *signin, struct sf_error *e)
{
	const struct sf_list *flows = &signin->phase->config->pam.flows;
	const int64_t begin_ms = sf_clock_now_ms();
	const struct sf_parity_start like =
	    sf_parity_draw_start(sf_throttle_parity(&signin->phase->throttle));
	enum sf_err r = SF_OK;

	set_flow(signin, flows->items[like.flow < flows->count ? like.flow : 0]);
	if (like.outcome == SF_OK && signin->is_device)
		r = sf_decoy_show(signin->phase->org->login_url, &signin->show, e);
	else if (like.outcome == SF_OK)
		r = open_flow(signin, e);
	/* A worker that runs anyway takes as long as a real one of the first flow. */
	if (r == SF_OK && (signin->is_device || like.flow > 0 || like.outcome != SF_OK))
		r = sf_watch_wait(&signin->phase->watch, -1, begin_ms + like.took_ms, e);
	if (r == SF_OK && like.outcome != SF_OK) {
		signin->phase->is_replay = true;
		return SF_FAIL(
		    e, like.outcome, 0, "fails as the latest sign-in of a mapped account did");
	}
	return r;
}
