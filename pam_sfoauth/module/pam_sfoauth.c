/*
 * The entry points of the PAM module (pam(3)): arguments in, PAM code out. Every code starts as a
 * failure. PAM_SUCCESS for a sign-in is written once, in pam_sm_authenticate, and for an account
 * once, in pam_sm_acct_mgmt.
 */
#include <string.h>
#include <syslog.h>

#include <security/pam_modules.h>

#include "clock.h"
#include "converse.h"
#include "file.h"
#include "identity.h"
#include "pace.h"
#include "phase.h"
#include "pickup.h"
#include "signin.h"
#include "text.h"

#include "banned.h"

/*
 * Check what must hold before anything is shown or sent, then start the sign-in. Real accounts and
 * decoys take the same steps in the same order, so that an attacker cannot tell them apart.
 */
static enum sf_err prepare_sign_in(
    struct sf_signin *signin, struct sf_phase *phase, enum sf_rule *ret_rule, struct sf_error *e)
{
	enum sf_err r;

	/* PAM_SILENT is ignored: sudo always sets it, and a sign-in has to show an address. */
	if (!sf_converse_is_present(phase->pamh))
		return SF_FAIL(e, SF_E_CONVERSATION, 0, "the service has no conversation");
	*ret_rule = sf_identity_first_factor(
	    &phase->config->pam, phase->entry_service, pam_getenv(phase->pamh, "SSH_AUTH_INFO_0"));
	if (*ret_rule != SF_RULE_NONE)
		return SF_OK;
	r = sf_pace_enter(phase, signin->is_decoy, signin->deadline_ms, e);
	return r == SF_OK ? sf_signin_start(signin, phase, ret_rule, e) : r;
}

/* Check the facts against every rule of the policy, then hand the token off or have it revoked. */
static enum sf_err decide(struct sf_signin *signin, const struct sf_facts *facts,
    enum sf_rule *ret_rule, struct sf_error *e)
{
	struct sf_phase *phase = signin->phase;
	const struct sf_identity_params params = {
	    .policy = &phase->config->pam,
	    .pinned = &signin->pinned,
	    .organization_id = phase->org->organization_id,
	    .account = &phase->who.account,
	    .facts = facts,
	};
	/* A module of the stack or the application may have set another PAM_USER meanwhile. */
	const bool is_same_user = sf_phase_is_same_user(phase);
	enum sf_err r = SF_OK;

	/* From here on the audit line names who approved, also if a rule refuses. */
	memcpy(phase->sf_id, facts->user_id, sizeof(phase->sf_id));
	memcpy(phase->sf_user, facts->username, sizeof(phase->sf_user));
	memcpy(phase->sf_org, facts->organization_id, sizeof(phase->sf_org));
	*ret_rule = sf_identity_decide(&params);
	r = sf_signin_finish(signin, *ret_rule == SF_RULE_NONE && is_same_user, e);
	if (r == SF_OK && *ret_rule == SF_RULE_NONE && !is_same_user)
		return SF_FAIL(e, SF_E_DENIED, 0, "the user name changed during the sign-in");
	return r;
}

/*
 * Run a sign-in. *ret_rule is the rule that refuses; SF_RULE_NONE means that every rule held, and
 * counts only with SF_OK. A decoy fails with DENIED after the dialogue, whatever was typed.
 */
static enum sf_err sign_in(
    struct sf_phase *phase, bool is_decoy, enum sf_rule *ret_rule, struct sf_error *e)
{
	SF_CLEANUP(sf_signin_closep)
	struct sf_signin signin = {
	    .is_decoy = is_decoy,
	    .child = {.fd = -1},
	    .dir = -1,
	    .record = -1,
	    .deadline_ms = sf_clock_now_ms() + sf_signin_timeout_s(phase) * INT64_C(1000),
	};
	const struct sf_watch_peer peer = {
	    .ssh_connection = pam_getenv(phase->pamh, "SSH_CONNECTION"), .rhost = phase->rhost};
	struct sf_facts facts;
	enum sf_err r = SF_OK;

	sf_watch_begin(&phase->watch, &peer);
	r = prepare_sign_in(&signin, phase, ret_rule, e);
	if (r != SF_OK || *ret_rule != SF_RULE_NONE)
		return r;
	if (is_decoy)
		sf_phase_audit_decoy(phase);
	r = sf_signin_ask(&signin, e);
	if (r == SF_OK)
		r = sf_signin_facts(&signin, &facts, e);
	if (r == SF_OK && is_decoy)
		return SF_FAIL(e, SF_E_DENIED, 0, "the account is of class nobody");
	return r == SF_OK ? decide(&signin, &facts, ret_rule, e) : r;
}

/*
 * Refuse an account of class nobody. A remote caller gets the decoy first; a local caller can read
 * the user database anyway.
 */
static int refuse_nobody(struct sf_phase *phase, struct sf_error *e)
{
	struct sf_text note = SF_TEXT(phase->note);
	enum sf_rule rule = SF_RULE_NONE;
	enum sf_err r = SF_OK;
	bool is_class;

	if (phase->rhost[0] != '\0')
		r = sign_in(phase, /* is_decoy= */ true, &rule, e);
	if (r == SF_OK)
		r = SF_FAIL(e, SF_E_DENIED, 0, "the account is of class nobody");
	if (rule != SF_RULE_NONE)
		(void)sf_text_add(&note, "no public key before it");
	/* The audit line gives the class as the reason, unless the decoy itself was disturbed. */
	is_class = r == SF_E_DENIED || r == SF_E_WRONG_INPUT || r == SF_E_PASSWORD_TYPED ||
		   r == SF_E_EXPIRED;
	return sf_phase_refuse(phase,
	    is_class || phase->is_replay ? sf_class_reason_name(phase->class_reason) : NULL, e);
}

/*
 * The only place that returns PAM_SUCCESS for a sign-in. A local account gets PAM_USER_UNKNOWN,
 * which the stack ignores: the modules below decide about it.
 */
SF_EXPORT int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const struct sf_phase_params params = {.pamh = pamh,
	    .name = "auth",
	    .flags = (unsigned)flags,
	    .argc = argc,
	    .argv = argv,
	    .may_prompt = true};
	SF_CLEANUP(sf_phase_closep) struct sf_phase phase = {0};
	enum sf_rule rule = SF_RULE_NOT_MAPPED;
	struct sf_error e = {.code = SF_E_BUG};
	enum sf_err r = sf_phase_open(&phase, &params, &e);

	if (r != SF_OK)
		return sf_phase_refuse(&phase, /* reason= */ NULL, &e);
	if (phase.account_class == SF_CLASS_LOCAL)
		return PAM_USER_UNKNOWN;
	if (phase.account_class != SF_CLASS_OURS)
		return refuse_nobody(&phase, &e);
	r = sign_in(&phase, /* is_decoy= */ false, &rule, &e);
	if (r == SF_OK && rule == SF_RULE_NONE) {
		sf_phase_audit(&phase, "allowed");
		return PAM_SUCCESS;
	}
	if (r != SF_OK)
		return sf_phase_refuse(&phase, /* reason= */ NULL, &e);
	/* A rule refused: its name is the reason. Ids of two orgs are compared by eye. */
	e = (struct sf_error){.code = SF_E_DENIED};
	if (rule == SF_RULE_ORG_MISMATCH)
		(void)SF_FAIL(&e, SF_E_DENIED, 0,
		    "the identity is of organization %s, organization_id is %s", phase.sf_org,
		    phase.org->organization_id);
	return sf_phase_refuse(&phase, sf_rule_name(rule), &e);
}

/* Decides by class alone: after a login with a public key, authenticate was never called. */
SF_EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const struct sf_phase_params params = {
	    .pamh = pamh, .name = "account", .flags = (unsigned)flags, .argc = argc, .argv = argv};
	SF_CLEANUP(sf_phase_closep) struct sf_phase phase = {0};
	struct sf_error e = {.code = SF_E_BUG};
	enum sf_err r = sf_phase_open(&phase, &params, &e);

	if (r != SF_OK)
		return sf_phase_refuse(&phase, /* reason= */ NULL, &e);
	if (phase.account_class == SF_CLASS_LOCAL)
		return PAM_USER_UNKNOWN;
	if (phase.account_class == SF_CLASS_OURS) {
		sf_phase_audit(&phase, "allowed");
		return PAM_SUCCESS;
	}
	(void)SF_FAIL(&e, SF_E_DENIED, 0, "the account is of class nobody");
	/* In the account phase the code for a refusal is PAM_PERM_DENIED (pam_acct_mgmt(3)). */
	if (sf_phase_refuse(&phase, sf_class_reason_name(phase.class_reason), &e) == PAM_AUTH_ERR)
		return PAM_PERM_DENIED;
	return PAM_SYSTEM_ERR;
}

/*
 * Moves the hand-off variable out of the PAM environment. The code depends on the class alone: sshd
 * calls this on a handle that never authenticated, and PAM_SUCCESS for a local account would skip
 * the modules below.
 */
SF_EXPORT int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const struct sf_phase_params params = {
	    .pamh = pamh, .name = "cred", .flags = (unsigned)flags, .argc = argc, .argv = argv};
	SF_CLEANUP(sf_phase_closep) struct sf_phase phase = {0};
	char id[SF_HANDOFF_ID_SIZE];
	struct sf_error e = {.code = SF_E_BUG};
	enum sf_err r = sf_phase_open(&phase, &params, &e);

	sf_pickup_take(pamh, id);
	if (params.flags & PAM_DELETE_CRED)
		sf_pickup_forget(pamh);
	if (r != SF_OK)
		sf_log_error(&e);
	if (r != SF_OK || phase.account_class == SF_CLASS_LOCAL)
		return PAM_USER_UNKNOWN;
	if (phase.account_class == SF_CLASS_OURS &&
	    (params.flags & (PAM_ESTABLISH_CRED | PAM_REINITIALIZE_CRED)) != 0)
		sf_pickup_claim(pamh, id, phase.who.name);
	return PAM_SUCCESS;
}

/* Stores the claimed record in the kernel keyring. No failure here refuses the session. */
SF_EXPORT int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const struct sf_phase_params params = {
	    .pamh = pamh, .name = "open", .flags = (unsigned)flags, .argc = argc, .argv = argv};
	SF_CLEANUP(sf_phase_closep) struct sf_phase phase = {0};
	char ignored_id[SF_HANDOFF_ID_SIZE];
	struct sf_error e = {.code = SF_E_BUG};

	if (!sf_pickup_has_claim(pamh))
		return PAM_SUCCESS;
	/*
	 * Hosts that call setcred after this still have the variable set. Only the claim is used.
	 */
	sf_pickup_take(pamh, ignored_id);
	/* Without a configuration the record can be stored, but not revoked. */
	if (sf_phase_open(&phase, &params, &e) != SF_OK)
		sf_log_error(&e);
	sf_pickup_keep(&phase);
	sf_pickup_forget(pamh);
	return PAM_SUCCESS;
}

SF_EXPORT int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	(void)argc;
	(void)argv;
	sf_pickup_forget(pamh);
	return PAM_SUCCESS;
}
