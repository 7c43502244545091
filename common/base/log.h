/*
 * One log sink per process. Library code does not log; the program does, once, at its edge.
 * Every value passes escaping here, so nobody upstream has to remember it.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "attr.h"
#include "err.h"

/* Receives one finished, escaped line without newline. */
typedef void sf_log_sink_fn(void *context, int level, const char *line);

/*
 * Where this thread's lines go. NULL: nowhere. The one mutable global; a module sets it on entry
 * and clears it on return.
 */
void sf_log_set_sink(sf_log_sink_fn *sink, void *context);

/* A sink for programs: syslog(3), LOG_AUTHPRIV, identity "sfoauth". */
void sf_log_to_syslog(void *context, int level, const char *line);

/* `sfoauth: WHERE: detail (reason, sys N)`. */
void sf_log_error(const struct sf_error *e);
SF_PRINTF(2, 3) void sf_log_line(int level, const char *format, ...);

#define SF_LOG_REF_SIZE 10 /* "7K3F-Q2PD" and a NUL */

/*
 * A fresh refusal reference: eight of 23456789ABCDEFGHJKLMNPQRSTUVWXYZ (no 0 O 1 I), a dash in
 * the middle. "----" form if no randomness.
 */
void sf_log_new_ref(char ret[static SF_LOG_REF_SIZE]);

/* One decision. NULL or "" prints as "-". Strings are borrowed. */
struct sf_audit {
	const char *result; /* "allowed", "denied", "error", "kept", "dropped" */
	const char *ref;    /* refusal reference */
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

/* In why, at its start or behind "; ": `answer ROW`, the row of Salesforce's error (job.h). */
#define SF_AUDIT_ANSWER "answer "

/* The line, always all fields in this order: `sfoauth: result=... ref=... ... why='...'`. */
void sf_audit(int level, const struct sf_audit *audit);
