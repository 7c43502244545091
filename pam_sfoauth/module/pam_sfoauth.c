/*
 * The module: arguments in, PAM code out. Everything starts from failure; PAM_SUCCESS for a
 * sign-in is written once, in pam_sm_authenticate, and for an account once, in
 * pam_sm_acct_mgmt.
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

#include "banned.h"

/*
 * What must hold before anything is shown or sent, and the start, for real accounts and for decoys
 * alike: a stranger must not be able to tell them apart by it.
 */
static enum sf_err begin(
    struct sf_signin *signin, struct sf_phase *phase, enum sf_rule *ret_rule, struct sf_error *e)
{
	enum sf_err r;

	/* PAM_SILENT is not obeyed: sudo gives it always, and no sign-in is possible in silence. */
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
	const bool is_same_user = sf_phase_is_same_user(phase);
	enum sf_err r = SF_OK;

	memcpy(phase->sf_id, facts->user_id, sizeof(phase->sf_id));
	memcpy(phase->sf_user, facts->username, sizeof(phase->sf_user));
	*ret_rule = sf_identity_decide(&params);
	r = sf_signin_finish(signin, *ret_rule == SF_RULE_NONE && is_same_user, e);
	if (r == SF_OK && *ret_rule == SF_RULE_NONE && !is_same_user)
		return SF_FAIL(e, SF_E_DENIED, 0, "the user name changed during the sign-in");
	return r;
}

/*
 * The sign-in of an account that is ours. *ret_rule is SF_RULE_NONE only after every rule held;
 * it counts only with SF_OK. A decoy ends with the dialogue, and never is more than that.
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
	r = begin(&signin, phase, ret_rule, e);
	if (r != SF_OK || *ret_rule != SF_RULE_NONE)
		return r;
	r = sf_signin_ask(&signin, e);
	if (r == SF_OK && is_decoy && signin.is_device)
		r = sf_watch_wait(&phase->watch, -1, signin.deadline_ms - SF_SIGNIN_MARGIN_MS, e);
	if (r == SF_OK && is_decoy)
		return SF_FAIL(e, SF_E_DENIED, 0, "the account is nobody's");
	if (r == SF_OK)
		r = sf_signin_facts(&signin, &facts, e);
	return r == SF_OK ? decide(&signin, &facts, ret_rule, e) : r;
}

/* The same words for an account that is nobody's, where strangers may ask. */
static int refuse_nobody(struct sf_phase *phase, struct sf_error *e)
{
	enum sf_rule rule = SF_RULE_NONE;
	enum sf_err r = SF_OK;

	if (phase->rhost[0] != '\0')
		r = sign_in(phase, /* is_decoy= */ true, &rule, e);
	if (r == SF_OK)
		r = SF_FAIL(e, SF_E_DENIED, 0, "the account is nobody's%s",
		    rule != SF_RULE_NONE ? "; no key came first" : "");
	/* What was typed is not the reason. */
	if (r == SF_E_PASSWORD_TYPED)
		r = e->code = SF_E_DENIED;
	return sf_phase_refuse(
	    phase, r == SF_E_DENIED ? sf_class_reason_name(phase->class_reason) : NULL, e);
}

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
	/* The reason says it all. */
	e = (struct sf_error){.code = SF_E_DENIED};
	return sf_phase_refuse(&phase, sf_rule_name(rule), &e);
}

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
	(void)SF_FAIL(&e, SF_E_DENIED, 0, "the account is nobody's");
	/* The account phase has a code of its own for a no. */
	if (sf_phase_refuse(&phase, sf_class_reason_name(phase.class_reason), &e) == PAM_AUTH_ERR)
		return PAM_PERM_DENIED;
	return PAM_SYSTEM_ERR;
}

/*
 * By class: in sshd this runs on a handle that never authenticated, and a success for an account
 * that is not ours would cut off the modules below.
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

SF_EXPORT int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const struct sf_phase_params params = {
	    .pamh = pamh, .name = "open", .flags = (unsigned)flags, .argc = argc, .argv = argv};
	SF_CLEANUP(sf_phase_closep) struct sf_phase phase = {0};
	char ignored_id[SF_HANDOFF_ID_SIZE];
	struct sf_error e = {.code = SF_E_BUG};

	if (!sf_pickup_has_claim(pamh))
		return PAM_SUCCESS;
	/* setcred has taken the variable away, or comes only after this; the claim alone counts. */
	sf_pickup_take(pamh, ignored_id);
	/* Without a configuration a record can still be kept, only not revoked. */
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
