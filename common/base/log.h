/*
 * Log lines and audit lines. Functions return errors and do not log; the program logs once, at its
 * outermost function. Every value is escaped here, so that no caller can forget it.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "attr.h"
#include "err.h"

/* Receives one finished, escaped line without a newline. level is LOG_* of syslog(3). */
typedef void sf_log_sink_fn(void *context, int level, const char *line);

/*
 * Set where the lines of this thread go; NULL: nowhere. This is the only mutable global of the
 * project. The PAM module sets it on entry and clears it on return.
 */
void sf_log_set_sink(sf_log_sink_fn *sink, void *context);

/* A sink for programs: syslog(3), facility LOG_AUTHPRIV, identity "sfoauth". context is unused. */
void sf_log_to_syslog(void *context, int level, const char *line);

/* Log an error as `sfoauth: WHERE: detail (reason, sys N)`, at the level of its row in err.def. */
void sf_log_error(const struct sf_error *e);
/* Log a line, cut with "..." after 1,023 bytes. */
SF_PRINTF(2, 3) void sf_log_line(int level, const char *format, ...);

#define SF_LOG_REF_SIZE 10 /* "7K3F-Q2PD" and a NUL */

/*
 * Make a new reference: eight random characters of 23456789ABCDEFGHJKLMNPQRSTUVWXYZ (no 0 O 1 I,
 * which are easily confused), with a dash in the middle. If getrandom(2) fails, all are dashes.
 */
void sf_log_new_ref(char ret[static SF_LOG_REF_SIZE]);

/* One decision. NULL or "" is printed as "-". Strings are borrowed. */
struct sf_audit {
	const char *result; /* "allowed", "denied", "error", "kept", "dropped" */
	const char *ref;    /* reference that a refused person reads */
	const char *reason; /* name of a rule (rule.h) or of an err.def row; "ok" on success */
	const char *service;
	const char *phase; /* "auth", "cred", "account", "open", "close" */
	const char *user;  /* PAM_USER */
	bool has_uid;
	uid_t uid;
	const char *org;     /* section name in the configuration */
	const char *sf_id;   /* 18-character user id */
	const char *sf_user; /* Salesforce username, in quotes */
	const char *flow;
	const char *rhost;
	const char *token; /* "none", "kept", "revoked", "orphaned" */
	const char *why;   /* detail, in quotes */
};

/* In `why`, at its start or after "; ": `answer ROW`, a row of reply_class.def (job.h). */
#define SF_AUDIT_ANSWER "answer "

/* Log the audit line, always with all fields in this order: `sfoauth: result=... why='...'`. */
void sf_audit(int level, const struct sf_audit *audit);
