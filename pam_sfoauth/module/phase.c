/*
 * Common begin and end of the module's entry points: PAM items, configuration, class, audit line,
 * PAM code. Decides nothing about a sign-in.
 */
#include "phase.h"

#include <stdint.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <security/pam_ext.h>

#include "class_line.h"
#include "converse.h"
#include "journal.h"

#include "banned.h"

/* The log sink. Only what the journal has not taken goes to syslog: no line is logged twice. */
static void to_log(void *context, int level, const char *line)
{
	const struct sf_phase *phase = context;
	const struct sf_journal_entry entry = {
	    .service = phase->service, .phase = phase->name, .level = level, .line = line};

	/* pam_syslog(3) adds the service and the type of call. */
	if (!sf_journal_send(&entry))
		pam_syslog(phase->pamh, level, "%s", line);
}

/* Read a text item; "" if it is not set. */
static const char *text_item(pam_handle_t *pamh, int type)
{
	const void *item = NULL;

	if (pam_get_item(pamh, type, &item) != PAM_SUCCESS || !item)
		return "";
	return item;
}

/* Find the user name and look up its account. Only authenticate may prompt for the name. */
static enum sf_err find_user(
    struct sf_phase *phase, const struct sf_phase_params *params, struct sf_error *e)
{
	const char *user = NULL;

	if (params->may_prompt) {
		int code = pam_get_user(params->pamh, &user, NULL);

		if (code == PAM_CONV_ERR || code == PAM_CONV_AGAIN)
			return SF_FAIL(e, SF_E_CONVERSATION, code, "pam_get_user failed");
		if (code != PAM_SUCCESS)
			return SF_FAIL(e, SF_E_SYSTEM, code, "pam_get_user failed");
	} else {
		user = text_item(params->pamh, PAM_USER);
	}
	if (!user || (user[0] == '\0' && !params->may_prompt))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "PAM_USER is not set");
	return sf_account_find(user, &phase->who, e);
}

/* Log the class, with argument debug only. sfoauth-try parses this line. */
static void log_class(const struct sf_phase *phase)
{
	struct sf_class_line line = {
	    .account_class = phase->account_class, .reason = phase->class_reason};
	char words[128];
	struct sf_text text = SF_TEXT(words);

	if (sf_text_copy(line.phase, sizeof(line.phase), phase->name) &&
	    sf_class_line_format(&line, &text))
		sf_log_line(LOG_DEBUG, "%s", words);
}

enum sf_err sf_phase_open(
    struct sf_phase *phase, const struct sf_phase_params *params, struct sf_error *e)
{
	struct sf_args args = {0};
	enum sf_err r = SF_OK;

	memset(phase, 0, sizeof(*phase));
	phase->pamh = params->pamh;
	phase->name = params->name;
	phase->account_class = SF_CLASS_NOBODY;
	phase->service = text_item(params->pamh, PAM_SERVICE);
	/*
	 * sshd sets SSH_CONNECTION in the PAM environment. Its service name is no proof:
	 * PAMServiceName and the program's name change it.
	 */
	phase->entry_service = pam_getenv(params->pamh, "SSH_CONNECTION") ? "sshd" : phase->service;
	phase->rhost = text_item(params->pamh, PAM_RHOST);
	sf_log_set_sink(to_log, phase);
	r = find_user(phase, params, e);
	if (r != SF_OK)
		return r;
	/* Before arguments and configuration: an error in them must not lock root out. */
	if (phase->who.account.exists && phase->who.account.uid == 0) {
		phase->account_class = SF_CLASS_LOCAL;
		phase->class_reason = SF_CLASS_REASON_LOW_UID;
		return SF_OK;
	}
	r = sf_args_parse(params->argc, params->argv, &args, e);
	if (r != SF_OK)
		return r;
	phase->is_debug = args.is_debug;
	phase->first_pass = args.first_pass;
	r = sf_args_load(&args, params->argc, params->argv, &phase->config, &phase->org, e);
	if (r != SF_OK)
		return r;
	phase->who.account.is_host_unprivileged = geteuid() != 0;
	phase->who.account.is_called_by_root = getuid() == 0 && phase->rhost[0] == '\0';
	r = sf_account_class(&phase->who, &phase->config->pam, phase->service,
	    &phase->account_class, &phase->class_reason, e);
	if (r == SF_OK && phase->is_debug)
		log_class(phase);
	return r;
}

void sf_phase_closep(struct sf_phase *phase)
{
	sf_account_clear(&phase->who);
	sf_config_freep(&phase->config);
	sf_throttle_closep(&phase->throttle);
	sf_watch_endp(&phase->watch);
	sf_log_set_sink(NULL, NULL);
}

bool sf_phase_is_same_user(const struct sf_phase *phase)
{
	return phase->who.name && strcmp(text_item(phase->pamh, PAM_USER), phase->who.name) == 0;
}

/* Fill the fields that every audit line has; the strings are borrowed from the phase. */
static struct sf_audit fill_audit(const struct sf_phase *phase)
{
	return (struct sf_audit){
	    .service = phase->service,
	    .phase = phase->name,
	    .user = phase->who.name,
	    .has_uid = phase->who.account.exists,
	    .uid = phase->who.account.uid,
	    .org = phase->org ? phase->org->name : NULL,
	    .sf_id = phase->sf_id,
	    .sf_user = phase->sf_user,
	    .flow = phase->flow,
	    .rhost = phase->rhost,
	    .token = phase->token,
	};
}

void sf_phase_audit(const struct sf_phase *phase, const char *result)
{
	struct sf_audit audit = fill_audit(phase);

	audit.result = result;
	audit.reason = sf_err_name(SF_OK);
	audit.why = phase->note;
	sf_audit(LOG_INFO, &audit);
}

void sf_phase_audit_dropped(const struct sf_phase *phase, const struct sf_phase_dropped *dropped)
{
	const struct sf_audit audit = {
	    .result = "dropped",
	    .reason = sf_err_name(dropped->reason),
	    .service = phase->service,
	    .phase = phase->name,
	    .has_uid = true,
	    .uid = dropped->owner,
	    .org = phase->org ? phase->org->name : NULL,
	    .rhost = phase->rhost,
	    .token = dropped->token,
	    .why = dropped->why,
	};

	sf_audit(LOG_NOTICE, &audit);
}

/* Map an error to its PAM code. err.def has no row for success; an unknown code is a failure. */
static int pam_code(enum sf_err code)
{
	static const uint8_t codes[SF_ERR_COUNT] = {
	    [SF_OK] = PAM_SYSTEM_ERR,
#define SF_ERR(name, text, pam, exit_code, level, sentence) [SF_E_##name] = pam,
#include "err.def"
#undef SF_ERR
	};

	return code > SF_OK && code < SF_ERR_COUNT ? codes[code] : PAM_SYSTEM_ERR;
}

/* Write the audit line of a refusal with a new reference. */
static void audit_refusal(struct sf_phase *phase, const char *reason, const struct sf_error *e)
{
	struct sf_audit audit = fill_audit(phase);
	char why[SF_ERROR_DETAIL_SIZE + sizeof(phase->note) + 32];
	struct sf_text text = SF_TEXT(why);
	int code = pam_code(e->code);

	(void)sf_text_add(&text, e->detail);
	/* Add errno, as sf_log_error does: the detail alone does not say what to repair. */
	if (e->sys != 0)
		(void)sf_text_addf(&text, " (sys %d)", e->sys);
	(void)sf_text_addf(&text, "%s%s", text.len > 0 && phase->note[0] ? "; " : "", phase->note);
	sf_log_new_ref(phase->ref);
	audit.result =
	    code == PAM_AUTH_ERR || code == PAM_ABORT || code == PAM_MAXTRIES ? "denied" : "error";
	audit.ref = phase->ref;
	audit.reason = reason ? reason : sf_err_name(e->code);
	audit.why = why;
	sf_audit(sf_err_level(e->code), &audit);
}

void sf_phase_audit_decoy(struct sf_phase *phase)
{
	const struct sf_error e = {.code = SF_E_DENIED, .detail = "the account is of class nobody"};

	audit_refusal(phase, sf_class_reason_name(phase->class_reason), &e);
}

int sf_phase_refuse(struct sf_phase *phase, const char *reason, const struct sf_error *e)
{
	const bool is_logged =
	    phase->ref[0] != '\0' && reason == sf_class_reason_name(phase->class_reason);
	/* Salesforce's reply to what was typed is not explained: a decoy could not say the same. */
	enum sf_err shown =
	    phase->is_answered && e->code != SF_E_PASSWORD_TYPED ? SF_E_DENIED : e->code;

	if (!is_logged)
		audit_refusal(phase, reason, e);
	/* After these two there is nobody to show it to. */
	if (e->code != SF_E_CONVERSATION && e->code != SF_E_CLIENT_GONE)
		sf_converse_refused(phase->pamh, phase->service,
		    phase->config ? phase->config->pam.language : 0, shown, phase->ref);
	return pam_code(e->code);
}
