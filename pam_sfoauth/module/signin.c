/*
 * One sign-in from job to audit note: starts the worker, shows the dialogue, publishes the record.
 * Whether the person may log in is decided by the caller and common/policy, not here.
 */
#include "signin.h"

#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "clock.h"
#include "converse.h"
#include "file.h"
#include "grace.h"
#include "handoff.h"
#include "launch.h"
#include "mapping.h"
#include "pickup.h"
#include "rundir.h"
#include "text.h"

#include "banned.h"

#define LOGIN_TIMEOUT_S 50    /* login(1) ends after 60 (LOGIN_TIMEOUT in login.defs) */
#define VERDICT_MAX_MS  15000 /* from the verdict to the worker's end of file */

uint32_t sf_signin_timeout_s(const struct sf_phase *phase)
{
	uint32_t timeout_s = phase->config->pam.approve_timeout_s;

	if (strcmp(phase->service, "login") == 0 && timeout_s > LOGIN_TIMEOUT_S)
		return LOGIN_TIMEOUT_S;
	/* sshd runs this in a child of the process that serves the connection. */
	if (strcmp(phase->entry_service, "sshd") == 0)
		return sf_grace_left_s(timeout_s, sf_grace_age_s(getppid()));
	return timeout_s;
}

/* Does this login keep its token for the session? Its only store is the kernel keyring. */
static bool wants_record(const struct sf_phase *phase)
{
	const struct sf_pam *policy = &phase->config->pam;

	return policy->session_token == SF_SESSION_TOKEN_ACCESS && phase->org->is_kernel_cache &&
	       sf_list_has(&policy->session_services, phase->service);
}

/*
 * Revoke records that no session claimed. All of them together take at most SF_LAUNCH_SHORT_MS,
 * because the person waits meanwhile.
 */
static void sweep_records(const struct sf_phase *phase, int dir)
{
	int64_t until_ms = sf_clock_now_ms() + SF_LAUNCH_SHORT_MS;
	int record = -1;

	for (int i = 0; i < SF_HANDOFF_SWEEP_MAX && sf_clock_left_ms(until_ms) > 0 &&
			sf_handoff_sweep(dir, sf_clock_wall_s(), &record);
	     i++) {
		enum sf_token_state state = SF_TOKEN_STATE_ORPHANED;
		struct stat st = {0};

		(void)fstat(record, &st);
		sf_launch_revoke(phase->org, record, until_ms, &state);
		sf_phase_audit_dropped(phase, &(struct sf_phase_dropped){.owner = st.st_uid,
						  .reason = SF_E_EXPIRED,
						  .token = sf_token_state_name(state),
						  .why = "no session claimed this record in time"});
	}
}

/* Open the directory of records and create one. A failure is logged and the login continues. */
static void prepare_record(struct sf_signin *signin)
{
	const struct sf_rundir_params params = {
	    .parent = SF_RUNDIR_PARENT, .name = SF_RUNDIR_HANDOFF, .in_memory = true};
	struct sf_error e;

	if (sf_rundir_open(&params, &signin->dir, &e) != SF_OK) {
		sf_log_error(&e);
		return;
	}
	sweep_records(signin->phase, signin->dir);
	if (wants_record(signin->phase) &&
	    sf_handoff_new(signin->dir, &signin->record, &e) != SF_OK)
		sf_log_error(&e);
}

enum sf_err sf_signin_start(
    struct sf_signin *signin, struct sf_phase *phase, enum sf_rule *ret_rule, struct sf_error *e)
{
	const char *template = phase->config->pam.username_template;
	enum sf_err r = sf_origin_parse(phase->org->login_url, &signin->pinned, e);

	signin->phase = phase;
	phase->token = sf_token_state_name(SF_TOKEN_STATE_NONE);
	if (r != SF_OK)
		return r;
	/*
	 * The name cannot be expanded to a valid username, so no such account exists. "-" keeps the
	 * dialogue the same for this decoy.
	 */
	if (template[0] != '\0' && (!sf_mapping_expand(template, phase->who.name, signin->username,
					sizeof(signin->username)) ||
				       strchr(signin->username, ' ')))
		memcpy(signin->username, "-", 2);
	prepare_record(signin);
	/* A decoy's page is this host's own, or is made from login_url by the worker. */
	return signin->is_decoy ? sf_opening_decoy(signin, e)
				: sf_opening_real(signin, ret_rule, e);
}

enum sf_err sf_signin_ask(struct sf_signin *signin, struct sf_error *e)
{
	struct sf_phase *phase = signin->phase;
	struct sf_converse_ask ask = {
	    .message = SF_MSG_PASSWORD_PROMPT,
	    .language = phase->config->pam.language,
	    .service = phase->entry_service,
	    .org = phase->org->name,
	    .account = phase->who.name,
	    .rhost = phase->rhost,
	    .uri = signin->show.verification_uri,
	    .value = signin->username,
	    .first_pass = phase->first_pass,
	};

	/* Only less time than usual is worth a line. */
	if (sf_signin_timeout_s(phase) < phase->config->pam.approve_timeout_s &&
	    strcmp(phase->entry_service, "sshd") == 0)
		ask.left_s = (uint32_t)(sf_clock_left_ms(signin->deadline_ms) / 1000);
	if (signin->is_device) {
		ask.message = sf_converse_device(phase->config->pam.dialogue, phase->entry_service);
		ask.value = signin->show.user_code;
	} else if (!signin->is_password) {
		ask.message = SF_MSG_PASTE_PROMPT;
		ask.value = phase->org->callback.items[0];
	}

	enum sf_err r = sf_converse_ask(phase->pamh, &ask, &signin->response, e);

	if (r != SF_OK)
		return r;
	if (sf_secret_len(signin->response) > 0)
		signin->typed_ms = sf_clock_now_ms();
	if (signin->is_device && sf_secret_len(signin->response) > 0)
		return SF_FAIL(e, SF_E_PASSWORD_TYPED, 0,
		    "something was typed before Enter; it was discarded unread");
	if (!signin->is_device && sf_secret_len(signin->response) == 0)
		return SF_FAIL(e, SF_E_WRONG_INPUT, 0, "nothing was typed");
	phase->is_answered = !signin->is_device;
	return SF_OK;
}

enum sf_err sf_signin_facts(
    struct sf_signin *signin, struct sf_facts *ret_facts, struct sf_error *e)
{
	const struct sf_watch *watch = &signin->phase->watch;
	enum sf_err r = SF_E_EXPIRED;

	if (!signin->is_decoy)
		r = sf_relay_facts(
		    &signin->relay, signin->is_device ? NULL : signin->response, ret_facts, e);
	else if (!signin->is_device)
		return SF_FAIL(e, SF_E_DENIED, 0, "the account is of class nobody");
	/* The worker ends when no further poll fits in; a decoy has no worker. Both end here. */
	if (r != SF_E_EXPIRED || !signin->is_device)
		return r;
	r = sf_watch_wait(watch, -1, signin->deadline_ms - SF_SIGNIN_MARGIN_MS / 2, e);
	if (r != SF_OK)
		return r;
	return SF_FAIL(e, SF_E_EXPIRED, 0, "the sign-in was not approved in time");
}

/*
 * Give the record to its user and put its name into the PAM environment. A failure is logged and
 * never refuses the login.
 */
static void publish_record(struct sf_signin *signin)
{
	struct sf_phase *phase = signin->phase;
	char id[SF_HANDOFF_ID_SIZE], variable[sizeof(SF_HANDOFF_VARIABLE) + SF_HANDOFF_ID_SIZE];
	struct sf_text text = SF_TEXT(variable);
	struct sf_error e;
	enum sf_err r;

	if (signin->record < 0)
		return;
	if (signin->relay.result.token != SF_TOKEN_STATE_KEPT) {
		sf_log_line(LOG_WARNING, "the record could not be written: no token is kept");
		return;
	}
	r = sf_handoff_publish(signin->dir, signin->record, phase->who.account.uid, id, &e);
	if (r != SF_OK) {
		sf_log_error(&e);
		return;
	}
	/* The record has a name now. If the variable is lost, the next sweep revokes it. */
	sf_fd_closep(&signin->record);
	signin->record = -1;
	if (!sf_text_addf(&text, "%s=%s", SF_HANDOFF_VARIABLE, id) ||
	    pam_putenv(phase->pamh, variable) != PAM_SUCCESS)
		sf_log_line(LOG_WARNING, "pam_putenv failed: the session gets no token");
	/* login(1) opens the session on this handle before it calls setcred. */
	sf_pickup_claim(phase->pamh, id, phase->who.name);
}

enum sf_err sf_signin_finish(struct sf_signin *signin, bool yes, struct sf_error *e)
{
	struct sf_relay *relay = &signin->relay;
	bool is_clean = false;
	enum sf_err r;

	relay->deadline_ms = sf_clock_within_ms(signin->deadline_ms, VERDICT_MAX_MS);
	r = sf_relay_verdict(relay, yes, e);
	if (r == SF_OK)
		r = sf_relay_finish(relay, e);
	/* A refusal stands, whatever the worker does with it. */
	if (!yes)
		return SF_OK;
	if (r != SF_OK)
		return r;
	/* DONE alone is not enough: an exit status other than 0 vetoes it. */
	sf_child_end(&signin->child, sf_clock_now_ms() + SF_LAUNCH_END_MS, &is_clean);
	if (!is_clean)
		return SF_FAIL(e, SF_E_WORKER, 0, "the worker ended with a signal or a status");
	signin->typed_ms = 0;
	publish_record(signin);
	if (signin->is_password)
		sf_converse_pass_on(signin->phase->pamh, signin->response);
	return SF_OK;
}

/*
 * Does the address that was shown have a state without the names of host keys? In the flow paste,
 * they follow a dot (host_keys.h of the worker).
 */
static bool is_unbound(const char *address)
{
	const char *state = strstr(address, "state=");

	return state && state[strcspn(state, ".&")] != '.';
}

/*
 * What the audit line adds: class of Salesforce's reply, whether the sign-in was bound to the
 * host's keys, state of the sandbox.
 */
static void fill_note(const struct sf_signin *signin)
{
	struct sf_phase *phase = signin->phase;
	const struct sf_job_result *result = &signin->relay.result;
	struct sf_text text = SF_TEXT(phase->note);

	if (result->row[0] != '\0')
		(void)sf_text_addf(&text, SF_AUDIT_ANSWER "%s", result->row);
	if (is_unbound(signin->show.verification_uri))
		(void)sf_text_addf(&text, "%sbound=no", text.len > 0 ? "; " : "");
	if (result->error.code == SF_OK && result->landlock == 0)
		(void)sf_text_addf(&text, "%sno Landlock, seccomp alone", text.len > 0 ? "; " : "");
	if (result->trapped > 0)
		(void)sf_text_addf(&text, "%ssystem call %s was denied", text.len > 0 ? "; " : "",
		    result->call[0] != '\0' ? result->call : "without a name");
}

/* Wait until the time at which both a real account and a decoy are refused after typed input. */
static void pad_refusal(const struct sf_signin *signin)
{
	struct sf_parity *parity = sf_throttle_parity(&signin->phase->throttle);

	if (!signin->is_decoy)
		sf_parity_note_refusal(parity, sf_clock_now_ms() - signin->typed_ms);
	sf_clock_sleep_until(signin->typed_ms + sf_parity_refusal_ms(parity));
}

void sf_signin_closep(struct sf_signin *signin)
{
	struct sf_phase *phase = signin->phase;
	enum sf_token_state state = SF_TOKEN_STATE_NONE;
	bool is_clean = false;

	if (signin->child.pid > 0 && signin->relay.is_unlawful)
		sf_child_killp(&signin->child);
	else if (signin->child.pid > 0)
		sf_child_end(&signin->child, sf_clock_now_ms() + SF_LAUNCH_END_MS, &is_clean);
	if (phase) {
		int record = -1;

		/* A record without a name may hold a live token, unless the worker revoked it. */
		state = sf_relay_token(&signin->relay, is_clean);
		if (signin->record >= 0 && state != SF_TOKEN_STATE_REVOKED)
			record = sf_handoff_reopen(signin->record);
		if (record >= 0)
			sf_launch_revoke(
			    phase->org, record, sf_clock_now_ms() + SF_LAUNCH_SHORT_MS, &state);
		phase->token = sf_token_state_name(state);
		if (signin->relay.has_result)
			fill_note(signin);
	}
	signin->response = sf_secret_free(signin->response);
	if (signin->typed_ms > 0)
		pad_refusal(signin);
	sf_fd_closep(&signin->record);
	sf_fd_closep(&signin->dir);
	signin->record = signin->dir = -1;
}
