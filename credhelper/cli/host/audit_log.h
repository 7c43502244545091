/*
 * The audit log: the journal, or else the files that syslog writes. Searched for the audit line
 * with a reference, or for the newest refusal of an account. Both find a decoy's line as soon as
 * the person sees the decoy (phase.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"
#include "audit_line.h"

#define SF_AUDIT_LOG_WHEN_SIZE 40

struct sf_audit_log_entry {
	char when[SF_AUDIT_LOG_WHEN_SIZE]; /* in the form of the log, without fractions */
	struct sf_audit_line audit;
	size_t count;  /* lines with this reference; more than one means that some are forged */
	bool is_roots; /* the journal shows that a process of root wrote the line */
};

/*
 * Find the line with this reference, in the form of sf_audit_line_ref(). Lines of root come first;
 * then the oldest, because a forger learns the reference only after the module has logged it.
 * Fails with NEEDS_ROOT (nothing found, and not all may be read) and NO_REFERENCE (nothing found).
 */
SF_CHECKED enum sf_err sf_audit_log_find(
    const char *ref, struct sf_audit_log_entry *ret_entry, struct sf_error *e);

/* The newest refusal, or two where the newest may be forged. */
struct sf_audit_log_newest {
	char ref[SF_AUDIT_LINE_REF_SIZE];
	/*
	 * A newer one that no process of root wrote; "" for none. su logs with the uid of its
	 * caller, but so does a forger, who must not hide the refusal that root has logged.
	 */
	char unproven[SF_AUDIT_LINE_REF_SIZE];
};

/*
 * Find the newest refusal of this account (its Unix name), NULL: of any. Fails with NEEDS_ROOT and
 * NO_REFERENCE, as sf_audit_log_find does.
 */
SF_CHECKED enum sf_err sf_audit_log_newest(
    const char *user, struct sf_audit_log_newest *ret_newest, struct sf_error *e);

/* Which audit lines are meant: those with this reference, or the refusals of this account. */
struct sf_audit_log_query {
	const char *ref;  /* NULL: any reference */
	const char *user; /* NULL: any account */
};

/*
 * Parse a whole line of a log, with time, host and program. False: it is no audit line of a
 * refusal, or not one that is meant.
 */
SF_CHECKED bool sf_audit_log_line(
    const char *line, const struct sf_audit_log_query *query, struct sf_audit_log_entry *ret_entry);
