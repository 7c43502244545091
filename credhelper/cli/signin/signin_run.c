/*
 * Runs a sign-in: one attempt with one flow; with flow = auto up to three attempts in turn. Chooses
 * the flow and fills the worker's job; stores no token.
 */
#include "signin_run.h"

#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "signin_browser.h"
#include "signin_check.h"
#include "file.h"
#include "signin_auto.h"
#include "worker_client.h"
#include "log.h"
#include "signin_password.h"
#include "signin_paste.h"
#include "client_auth.h"
#include "worker_jobs.h"
#include "messages.h"

#include "banned.h"

#define SF_SITE_SIZE 512
#define SF_LOGIN_MS  (600 * 1000) /* a device code lives ten minutes */

/* --flow, else the flow of the org. Flows that only jobs name, as those of a site, are refused. */
static enum sf_err choose_flow(const struct sf_target *target,
    const struct sf_signin_params *params, enum sf_flow_id *ret_flow, struct sf_error *e)
{
	*ret_flow = (enum sf_flow_id)target->org->flow;
	if (!params->flow)
		return SF_OK;
	if (sf_flows_find(params->flow, ret_flow) && !sf_flows_has(*ret_flow, SF_FLOWS_JOB))
		return SF_OK;
	return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_E_NO_FLOW,
	    SF_WITH({"flow", params->flow}, {"flows", SF_FLOWS_CHOICES_COMMAND}));
}

/* One job of one flow. */
struct attempt {
	const struct sf_target *target;
	const struct sf_signin_params *params;
	const char *flow; /* a name of flows.def */
	const char *callback;
	const char *site_url;    /* NULL: none */
	const int *listener_fds; /* two, or NULL */
	struct sf_ui *ui;
	const char *username;       /* NULL: unknown */
	struct sf_facts *ret_facts; /* NULL: the caller wants the token instead */
	enum sf_store_state *ret_kept_password;
	struct sf_job_result result;
};

/*
 * The callback to send, "" for none. The flow password needs none, so the default one is left out;
 * for an app that requires one, the configuration names it.
 */
static const char *callback_of(const struct sf_org *org, enum sf_flow_id flow)
{
	static const char usual[] = "http://localhost:1717/OauthRedirect";

	if (org->callback.count == 0 ||
	    (flow == SF_FLOW_PASSWORD && strcmp(org->callback.items[0], usual) == 0))
		return "";
	return org->callback.items[0];
}

/*
 * The username, if it is known before the sign-in; else NULL. It becomes login_hint in the browser
 * and the subject of a JWT.
 */
static const char *username_of(const struct attempt *attempt)
{
	const struct sf_target *target = attempt->target;

	if (attempt->params->username)
		return attempt->params->username;
	if (target->user)
		return target->user;
	return target->org->username[0] != '\0' ? target->org->username : NULL;
}

static enum sf_err fill_job(const struct attempt *attempt, struct sf_job *job, struct sf_error *e)
{
	const struct sf_signin_params *params = attempt->params;
	const char *prompt = params->prompt != NULL ? params->prompt : "";
	const char *username = attempt->username != NULL ? attempt->username : "";
	enum sf_err r = sf_worker_jobs_fill(attempt->target, SF_JOB_LOGIN, SF_LOGIN_MS, job, e);

	if (r != SF_OK)
		return r;
	job->keep = !attempt->ret_facts;
	job->asks_first = true;
	if (!sf_text_copy(job->scope, sizeof(job->scope), params->scope) ||
	    !sf_text_copy(job->flow, sizeof(job->flow), attempt->flow) ||
	    !sf_text_copy(job->username, sizeof(job->username), username) ||
	    !sf_text_copy(job->callback, sizeof(job->callback), attempt->callback) ||
	    (attempt->site_url &&
		!sf_text_copy(job->site_url, sizeof(job->site_url), attempt->site_url)) ||
	    !sf_text_copy(job->prompt, sizeof(job->prompt), prompt))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_E_LONG_VALUES, NULL);
	return SF_OK;
}

/* Run the worker's job. Every flow ends here. */
static enum sf_err run_job(struct attempt *attempt, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {0};
	SF_CLEANUP(sf_fd_closep) int secret_fd = -1;
	const struct sf_target *target = attempt->target;
	const struct sf_signin_check_params check = {
	    .pinned = &target->origin,
	    .organization_id = target->org->organization_id,
	    .user = target->user,
	};
	struct sf_worker_client_params params = {
	    .job = &job, .body_fd = -1, .ui = attempt->ui, .check = &check};
	enum sf_err r = fill_job(attempt, &job, e);

	if (r == SF_OK)
		r = sf_client_auth_open(target, &job, &secret_fd, e);
	if (r != SF_OK)
		return r;
	params.secret_fd = secret_fd;
	params.ret_facts = attempt->ret_facts;
	for (size_t i = 0; attempt->listener_fds != NULL && i < SF_COUNT(params.listener_fds); i++)
		params.listener_fds[i] = attempt->listener_fds[i];
	r = sf_worker_client_run(&params, ret_token, &attempt->result, e);
	if (attempt->params->ret_result)
		*attempt->params->ret_result = attempt->result;
	return r;
}

/*
 * Run a flow's own copy of the attempt, whose pointers end with the flow's locals: only the result
 * is copied back.
 */
static enum sf_err run_own(
    struct attempt *attempt, struct attempt *own, struct sf_token **ret_token, struct sf_error *e)
{
	enum sf_err r = run_job(own, ret_token, e);

	attempt->result = own->result;
	return r;
}

/* The flow password at Salesforce's token endpoint, or through run_site at a site's. */
static enum sf_err run_password(
    struct attempt *attempt, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_signin_password_clear) struct sf_signin_password password = {.word = NULL};
	struct attempt own = *attempt;
	enum sf_err r = sf_signin_password_begin(attempt->target, attempt->params, &password, e);

	if (r != SF_OK)
		return r;
	own.ui = &password.ui;
	own.username = password.username;
	r = run_own(attempt, &own, ret_token, e);
	sf_signin_password_end(&password, r, attempt->ret_kept_password);
	return r;
}

/*
 * The flow password of an Experience Cloud site: authorization code and credentials. Uses the
 * callback that every site has, unless the configuration names one.
 */
static enum sf_err run_site(
    struct attempt *attempt, struct sf_token **ret_token, struct sf_error *e)
{
	const struct sf_org *org = attempt->target->org;
	char site[SF_SITE_SIZE], callback[SF_SITE_SIZE];
	struct sf_text site_text = SF_TEXT(site), callback_text = SF_TEXT(callback);
	const size_t len = strlen(org->site_url);
	struct attempt own = *attempt;
	enum sf_err r;

	if (!sf_text_add_bytes(&site_text, org->site_url, len - sf_text_ends(org->site_url, "/")) ||
	    !sf_text_addf(&callback_text, "%s/services/oauth2/echo", site))
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_E_SITE_TOO_LONG, NULL);
	own.site_url = site;
	own.flow = org->site_credentials == SF_ORG_SITE_BODY ? sf_flows_name(SF_FLOW_SITE_POST)
							     : sf_flows_name(SF_FLOW_SITE);
	if (own.callback[0] == '\0')
		own.callback = callback;
	r = run_password(&own, ret_token, e);
	attempt->result = own.result;
	return r;
}

/* Opens the listeners here and hands them to the worker, which needs no right to bind a port. */
static enum sf_err run_browser(
    struct attempt *attempt, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_signin_browser_clear) struct sf_signin_browser browser;
	const struct sf_target *target = attempt->target;
	struct attempt own = *attempt;
	enum sf_err r = sf_signin_browser_begin(&target->org->callback, &browser, e);

	if (r != SF_OK)
		return r;
	sf_signin_browser_attach(&browser, attempt->ui, &target->origin);
	own.ui = &browser.ui;
	own.callback = browser.callback;
	own.listener_fds = browser.fds;
	return run_own(attempt, &own, ret_token, e);
}

static enum sf_err run_paste(
    struct attempt *attempt, struct sf_token **ret_token, struct sf_error *e)
{
	struct sf_signin_paste paste;
	struct attempt own = *attempt;

	sf_signin_paste_begin(&paste, attempt->ui, attempt->callback);
	own.ui = &paste.ui;
	return run_own(attempt, &own, ret_token, e);
}

/* One attempt with this flow. SIGN_IN_NEEDED if it needs a person and none is present. */
static enum sf_err run_flow(
    struct attempt *attempt, enum sf_flow_id flow, struct sf_token **ret_token, struct sf_error *e)
{
	const bool needs_person = sf_flows_has(flow, SF_FLOWS_PERSON);

	attempt->flow = sf_flows_name(flow);
	if (attempt->params->ret_flow)
		*attempt->params->ret_flow = attempt->flow;
	attempt->callback = callback_of(attempt->target->org, flow);
	attempt->username = username_of(attempt);
	if (flow == SF_FLOW_PASSWORD && attempt->target->org->site_url[0] != '\0')
		return run_site(attempt, ret_token, e);
	if (flow == SF_FLOW_PASSWORD)
		return run_password(attempt, ret_token, e);
	if (needs_person && !attempt->ui)
		return SF_FAIL_MESSAGE(e, SF_E_SIGN_IN_NEEDED, SF_MESSAGE_E_NOBODY, NULL);
	if (flow == SF_FLOW_BROWSER)
		return run_browser(attempt, ret_token, e);
	if (flow == SF_FLOW_PASTE)
		return run_paste(attempt, ret_token, e);
	return run_job(attempt, ret_token, e);
}

/* Say why this flow is used: to the log in English, and with --verbose to the person. */
static void explain_flow(const struct attempt *attempt, enum sf_flow_id flow, enum sf_message why)
{
	const struct sf_arg *args = SF_WITH({"flow", sf_flows_name(flow)});
	char logged[256], buf[256];
	struct sf_text line = SF_TEXT(logged), text = SF_TEXT(buf);

	if (sf_render(&line, sf_message_row_in(SF_LANGUAGE_EN, why), args))
		sf_log_line(LOG_DEBUG, "%s", logged);
	if (attempt->params->explains && sf_message_add(&text, why, args) &&
	    sf_text_add_char(&text, '\n'))
		(void)!sf_file_write_all(STDERR_FILENO, text.buf, text.len);
}

/*
 * The app may not use the device flow: try the flow paste. If there is no terminal for it, fail
 * with what Salesforce said about the device flow, which is what an administrator can change.
 */
static enum sf_err paste_instead(
    struct attempt *attempt, struct sf_token **ret_token, struct sf_error *e)
{
	const struct sf_error refused = *e;
	const struct sf_job_result result = attempt->result;
	enum sf_err r = run_flow(attempt, SF_FLOW_PASTE, ret_token, e);

	if (r != SF_E_CONVERSATION)
		return r;
	*e = refused;
	if (attempt->params->ret_result)
		*attempt->params->ret_result = result;
	return e->code;
}

/* flow = auto: browser or device; device if all ports are taken; paste if device is refused. */
static enum sf_err run_auto(
    struct attempt *attempt, struct sf_token **ret_token, struct sf_error *e)
{
	const struct sf_target *target = attempt->target;
	enum sf_message why = SF_MESSAGE_FLOW_DISPLAY;
	enum sf_flow_id flow = attempt->params->is_elsewhere
				   ? SF_FLOW_DEVICE
				   : sf_signin_auto_first(target->settings, target->org, &why);
	enum sf_err r = SF_OK;

	if (!attempt->params->is_elsewhere)
		explain_flow(attempt, flow, why);
	r = run_flow(attempt, flow, ret_token, e);
	/* The ports of all callbacks are taken. The person has seen nothing yet. */
	if (flow == SF_FLOW_BROWSER && r == SF_E_PORTS_TAKEN &&
	    attempt->result.error.code == SF_OK) {
		flow = SF_FLOW_DEVICE;
		explain_flow(attempt, flow, SF_MESSAGE_FLOW_PORTS_TAKEN);
		r = run_flow(attempt, flow, ret_token, e);
	}
	if (flow == SF_FLOW_DEVICE && r != SF_OK && sf_signin_auto_is_over(&attempt->result)) {
		explain_flow(attempt, SF_FLOW_PASTE, SF_MESSAGE_FLOW_NO_DEVICE);
		r = paste_instead(attempt, ret_token, e);
	}
	return r;
}

static enum sf_err sign_in(struct attempt *attempt, struct sf_token **ret_token, struct sf_error *e)
{
	enum sf_flow_id flow = SF_FLOW_AUTO;
	enum sf_err r = choose_flow(attempt->target, attempt->params, &flow, e);

	if (r != SF_OK)
		return r;
	return flow == SF_FLOW_AUTO ? run_auto(attempt, ret_token, e)
				    : run_flow(attempt, flow, ret_token, e);
}

enum sf_err sf_signin_run(const struct sf_target *target, const struct sf_signin_params *params,
    struct sf_token **ret_token, enum sf_store_state *ret_kept_password, struct sf_error *e)
{
	struct attempt attempt = {
	    .target = target,
	    .params = params,
	    .ui = params->ui,
	    .ret_kept_password = ret_kept_password,
	};

	*ret_kept_password = SF_STORE_DONE;
	return sign_in(&attempt, ret_token, e);
}

enum sf_err sf_signin_run_probe(const struct sf_target *target,
    const struct sf_signin_params *params, struct sf_facts *ret_facts, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *none = NULL;
	enum sf_store_state unused = SF_STORE_DONE;
	struct attempt attempt = {
	    .target = target,
	    .params = params,
	    .ui = params->ui,
	    .ret_facts = ret_facts,
	    .ret_kept_password = &unused,
	};

	return sign_in(&attempt, &none, e);
}

bool sf_signin_run_is_unattended(
    const struct sf_target *target, const struct sf_signin_params *params)
{
	enum sf_flow_id flow = SF_FLOW_AUTO;
	struct sf_error ignored;

	if (choose_flow(target, params, &flow, &ignored) != SF_OK)
		return false;
	return !sf_flows_has(flow, SF_FLOWS_PERSON) ||
	       (flow == SF_FLOW_PASSWORD && sf_signin_password_is_remembered(target, params));
}
