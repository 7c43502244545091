/*
 * One call of the module. At its begin: user, configuration, class of the account. At its end, and
 * in one place only: a failure becomes a PAM code, an audit line and a sentence with a reference.
 */
#pragma once

#include <stdbool.h>

#include <security/pam_modules.h>

#include "account.h"
#include "args.h"
#include "attr.h"
#include "config.h"
#include "err.h"
#include "facts.h"
#include "throttle.h"
#include "log.h"
#include "text.h"
#include "watch.h"

struct sf_phase_params {
	pam_handle_t *pamh;
	const char *name; /* "auth", "cred", "account", "open" */
	unsigned flags;   /* of the call */
	int argc;
	const char *const *argv;
	bool may_prompt; /* for the user name; true in authenticate only */
};

/* Owns its members unless they are marked as borrowed. Must not be moved once it is open. */
struct sf_phase {
	pam_handle_t *pamh;
	const char *name;
	const char *service;       /* PAM_SERVICE; borrowed */
	const char *entry_service; /* "sshd" for every sshd, whatever its service; else service */
	const char *rhost;         /* PAM_RHOST, "" if not set; borrowed */
	struct sf_account_entry who;
	struct sf_config *config;
	const struct sf_org *org; /* borrowed from config */
	enum sf_class account_class;
	enum sf_class_reason class_reason;
	bool is_debug;
	enum sf_first_pass first_pass;
	char sf_id[SF_FACTS_ID_SIZE]; /* Salesforce user who approved, for the audit; "" unknown */
	char sf_user[SF_FACTS_NAME_SIZE];
	char sf_org[SF_FACTS_ID_SIZE]; /* organization of that user */
	struct sf_watch watch;         /* begun in authenticate only */
	struct sf_throttle throttle;   /* holds the waiting place of this sign-in */
	const char *flow;
	bool is_answered;          /* an address or a password was typed and goes to Salesforce */
	char ref[SF_LOG_REF_SIZE]; /* of a refusal that is in the log already; "" none */
	bool is_wait_told;         /* the wait for a start or a place was announced (pace.h) */
	bool is_replay;            /* the failure is one that a decoy repeats (parity.h) */
	const char *token;         /* state of the token, for the audit */
	char note[128]; /* part of the audit's why: class of Salesforce's reply, sandbox */
};

/*
 * Set the log sink and fill the phase. uid 0 is LOCAL before arguments and configuration are read:
 * neither may lock root out. Fails with CONVERSATION (no user name), CONFIG, SYSTEM or NOMEM; then
 * the phase holds what was known before, and must still be closed.
 */
SF_CHECKED enum sf_err sf_phase_open(
    struct sf_phase *phase, const struct sf_phase_params *params, struct sf_error *e);
/* Frees the phase and clears the log sink. For SF_CLEANUP. */
void sf_phase_closep(struct sf_phase *phase);

/* Is PAM_USER still the name that the class was determined for? */
bool sf_phase_is_same_user(const struct sf_phase *phase);

/* Write the audit line of a success; result is "allowed" or "kept". */
void sf_phase_audit(const struct sf_phase *phase, const char *result);

/* A record that no session used: its owner, and the state of its token. For the audit line. */
struct sf_phase_dropped {
	uid_t owner;
	enum sf_err reason;
	const char *token;
	const char *why;
};
void sf_phase_audit_dropped(const struct sf_phase *phase, const struct sf_phase_dropped *dropped);

/*
 * Write the audit line of a decoy, with its reference, when the decoy is shown. A helpdesk
 * finds it while the person still waits.
 */
void sf_phase_audit_decoy(struct sf_phase *phase);

/*
 * Refuse: write the audit line with a new reference, and show that reference to the person if there
 * is a conversation. The line of a decoy is not written twice. reason is the name of a rule or of a
 * class reason; NULL takes the name of e->code. Returns the PAM code of e, which is never
 * PAM_SUCCESS.
 */
SF_CHECKED int sf_phase_refuse(
    struct sf_phase *phase, const char *reason, const struct sf_error *e);
