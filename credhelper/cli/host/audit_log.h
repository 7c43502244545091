/*
 * Where the module's audit lines are: the journal, else the files that syslog writes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"
#include "audit_line.h"

#define SF_AUDIT_LOG_WHEN_SIZE 40

struct sf_audit_log_entry {
	char when[SF_AUDIT_LOG_WHEN_SIZE]; /* as the log has it */
	struct sf_audit_line refusal;
	size_t count;  /* lines with this reference; the module writes one */
	bool is_roots; /* the journal says that a process of root's wrote it */
};

/*
 * The first line with this reference (audit_line.h): whoever forges one knows it only afterwards.
 * What root's processes wrote comes before all else.
 * Fails with NEEDS_ROOT (nothing was found, and not all may be read), NO_REFERENCE.
 */
SF_CHECKED enum sf_err sf_audit_log_find(
    const char *ref, struct sf_audit_log_entry *ret_entry, struct sf_error *e);

/* A line of a log, with time, host and program in front. False: no audit line of this reference. */
SF_CHECKED bool sf_audit_log_line(
    const char *line, const char *ref, struct sf_audit_log_entry *ret_entry);
