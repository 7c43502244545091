/*
 * An audit line as an entry of the systemd journal, with each of its fields as a field of the entry
 * (SFOAUTH_RESULT=denied). The entry is one datagram in the journal's native protocol
 * (https://systemd.io/JOURNAL_NATIVE_PROTOCOL), so that libsystemd stays out of sshd.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"

struct sf_journal_entry {
	const char *service; /* PAM_SERVICE */
	const char *phase;   /* of struct sf_audit */
	int level;           /* LOG_* of syslog(3) */
	const char *line;    /* finished and escaped (log.h) */
};

/*
 * Send the entry. MESSAGE is the line as syslog would have it, SYSLOG_FACILITY is LOG_AUTHPRIV. A
 * field whose value is "-" is left out; other values are those of the line, with its escapes,
 * without quotes. False: nothing was sent, because the line is no audit line, or there is no
 * journal, or its queue is full. Never waits.
 */
SF_CHECKED bool sf_journal_send(const struct sf_journal_entry *entry);
