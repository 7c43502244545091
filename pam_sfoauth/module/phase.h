/*
 * What every call of the module begins and ends with: who wants in, under which configuration,
 * of which class; and the one place that turns a failure into a PAM code, an audit line and the
 * sentence with its reference.
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
	bool may_prompt; /* for the user name: only authenticate may */
};

/* Owns what it holds. Must not be moved once it is open. */
struct sf_phase {
	pam_handle_t *pamh;
	const char *name;
	const char *service; /* PAM_SERVICE; borrowed */
	const char *
	    entry_service; /* "sshd" for every sshd, whatever its service is called; else service */
	const char *rhost; /* PAM_RHOST, "" where not set; borrowed */
	struct sf_account_entry who;
	struct sf_config *config;
	const struct sf_org *org; /* borrowed from config */
	enum sf_class account_class;
	enum sf_class_reason class_reason;
	bool is_debug;
	enum sf_first_pass first_pass;
	char sf_id[SF_FACTS_ID_SIZE]; /* who approved, for the audit; "" unknown */
	char sf_user[SF_FACTS_NAME_SIZE];
	struct sf_watch watch;       /* begun by authenticate alone */
	struct sf_throttle throttle; /* the waiting place of this sign-in */
	const char *flow;
	const char *token; /* what became of it, for the audit */
	char note[128];    /* joins the audit's why: row of Salesforce's errors, sandbox */
};

/*
 * Set the log sink and find out all that the struct has. uid 0 is LOCAL before arguments and
 * configuration are looked at: neither may lock root out. Fails with CONFIG, SYSTEM, NOMEM; then
 * the phase has what was known until there.
 */
SF_CHECKED enum sf_err sf_phase_open(
    struct sf_phase *phase, const struct sf_phase_params *params, struct sf_error *e);
/* Frees and clears the log sink; for SF_CLEANUP. */
void sf_phase_closep(struct sf_phase *phase);

/* Is PAM_USER still the name the phase began with? */
bool sf_phase_is_same_user(const struct sf_phase *phase);

/* The audit line of a success. */
void sf_phase_audit(const struct sf_phase *phase, const char *result);

/* The audit line of a record that nobody gets: whose it was, and what became of its token. */
struct sf_phase_dropped {
	uid_t owner;
	enum sf_err reason;
	const char *token;
	const char *why;
};
void sf_phase_audit_dropped(const struct sf_phase *phase, const struct sf_phase_dropped *dropped);

/*
 * Refuse: a fresh reference into the audit line and, unless the person cannot be reached, on the
 * screen. reason: a rule or class reason, or NULL for that of e. Returns the PAM code of e,
 * which is never PAM_SUCCESS.
 */
SF_CHECKED int sf_phase_refuse(
    const struct sf_phase *phase, const char *reason, const struct sf_error *e);
