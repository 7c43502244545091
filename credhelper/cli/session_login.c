#include "session_login.h"

#include <string.h>

#include "claim.h"
#include "file.h"
#include "jobrun.h"
#include "password.h"
#include "proof.h"
#include "session_job.h"

#include "banned.h"

#define SF_LOGIN_MS (600 * 1000) /* a code lives ten minutes */

/* By the order of the choices in config.def. */
static const char *const flows[] = {
    [SF_ORG_FLOW_AUTO] = "auto",
    [SF_ORG_FLOW_BROWSER] = "browser",
    [SF_ORG_FLOW_DEVICE] = "device",
    [SF_ORG_FLOW_PASTE] = "paste",
    [SF_ORG_FLOW_PASSWORD] = "password",
    [SF_ORG_FLOW_JWT] = "jwt",
    [SF_ORG_FLOW_CLIENT_CREDENTIALS] = "client_credentials",
};

static enum sf_err choose(
    const struct sf_session *session, enum sf_org_flow *ret_flow, struct sf_error *e)
{
	*ret_flow = (enum sf_org_flow)session->ask.org->flow;
	if (session->ask.flow == NULL)
		return SF_OK;
	for (size_t i = 0; i < SF_COUNT(flows); i++) {
		if (strcmp(flows[i], session->ask.flow) != 0)
			continue;
		*ret_flow = (enum sf_org_flow)i;
		return SF_OK;
	}
	return SF_FAIL(e, SF_E_USAGE, 0, "there is no flow '%s'", session->ask.flow);
}

/* One job of a given flow, with nothing left to choose. */
struct attempt {
	struct sf_session *session;
	const char *flow; /* a row of SF_FLOWS */
	const char *scope;
	struct sf_ui *ui;
	const char *username;
};

/* A password needs none; an app that wants one all the same has it in the file. */
static const char *callback_of(const struct attempt *attempt)
{
	static const char usual[] = "http://localhost:1717/OauthRedirect";
	const struct sf_list *callbacks = &attempt->session->ask.org->callback;

	if (callbacks->count == 0 ||
	    (strcmp(attempt->flow, "password") == 0 && strcmp(callbacks->items[0], usual) == 0))
		return "";
	return callbacks->items[0];
}

static enum sf_err run(
    const struct attempt *attempt, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {0};
	SF_CLEANUP(sf_fd_closep) int secret_fd = -1;
	const struct sf_session *session = attempt->session;
	const struct sf_org *org = session->ask.org;
	const struct sf_claim_ask claim = {
	    .pinned = &session->origin,
	    .organization_id = org->organization_id,
	    .user = session->ask.user,
	};
	struct sf_jobrun_ask ask = {.job = &job, .body_fd = -1, .ui = attempt->ui, .claim = &claim};
	struct sf_end end;
	enum sf_err r = sf_session_job_fill(session, SF_JOB_LOGIN, SF_LOGIN_MS, &job, e);

	if (r != SF_OK)
		return r;
	job.keep = true;
	if (!sf_text_copy(job.scope, sizeof(job.scope), attempt->scope) ||
	    !sf_text_copy(job.flow, sizeof(job.flow), attempt->flow) ||
	    (attempt->username != NULL &&
		!sf_text_copy(job.username, sizeof(job.username), attempt->username)) ||
	    !sf_text_copy(job.callback, sizeof(job.callback), callback_of(attempt)))
		return SF_FAIL(e, SF_E_USAGE, 0, "scopes, username or callback are too long");
	r = sf_proof_open(session, &job, &secret_fd, e);
	ask.secret_fd = secret_fd;
	return r == SF_OK ? sf_session_job_run(session, &ask, ret_token, &end, e) : r;
}

static enum sf_err run_password(
    struct attempt *attempt, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_password_clear) struct sf_password password = {.word = NULL};
	enum sf_err r = sf_password_begin(attempt->session, &password, e);

	if (r != SF_OK)
		return r;
	attempt->ui = &password.ui;
	attempt->username = password.username;
	r = run(attempt, ret_token, e);
	sf_password_end(&password, r, &attempt->session->kept_password);
	return r;
}

enum sf_err sf_session_login_run(
    struct sf_session *session, const char *scope, struct sf_token **ret_token, struct sf_error *e)
{
	struct attempt attempt = {.session = session, .scope = scope, .ui = session->ask.ui};
	enum sf_org_flow flow = SF_ORG_FLOW_AUTO;
	const enum sf_err r = choose(session, &flow, e);

	if (r != SF_OK)
		return r;
	switch (flow) {
	case SF_ORG_FLOW_PASSWORD:
		attempt.flow = flows[flow];
		return run_password(&attempt, ret_token, e);
	case SF_ORG_FLOW_AUTO:
	case SF_ORG_FLOW_BROWSER:
	case SF_ORG_FLOW_DEVICE:
	case SF_ORG_FLOW_PASTE:
	case SF_ORG_FLOW_JWT:
	case SF_ORG_FLOW_CLIENT_CREDENTIALS:
		break;
	}
	attempt.flow = flow == SF_ORG_FLOW_AUTO ? "device" : flows[flow];
	return run(&attempt, ret_token, e);
}

bool sf_session_login_is_unattended(const struct sf_session *session)
{
	enum sf_org_flow flow = SF_ORG_FLOW_AUTO;
	struct sf_error ignored;

	return choose(session, &flow, &ignored) == SF_OK && flow == SF_ORG_FLOW_PASSWORD &&
	       sf_password_is_remembered(session);
}
