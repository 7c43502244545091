/*
 * The audit log: the journal, or else the files that syslog writes. Searched for the audit line
 * with a reference.
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

/*
 * Parse a whole line of a log, with time, host and program. False: it is not the audit line of this
 * reference.
 */
SF_CHECKED bool sf_audit_log_line(
    const char *line, const char *ref, struct sf_audit_log_entry *ret_entry);
