/* Sends an audit line to the journal in its native protocol. Does not fall back to syslog. */
#include "journal.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "file.h"
#include "text.h"

#include "banned.h"

#define SOCKET      "/run/systemd/journal/socket"
#define AUDIT       "sfoauth: result="
#define RECORD_SIZE 10240 /* twice the longest line, the names of the fields, and the head */

/* Add one field of the line as SFOAUTH_NAME=VALUE. Returns what follows it in the line. */
static const char *add_field(struct sf_text *record, const char *field)
{
	const char *value = field + strcspn(field, "=") + 1;
	const bool is_quoted = *value == '\'';
	const size_t len = strcspn(value + is_quoted, is_quoted ? "'" : " ");
	const char *end = value + is_quoted + len + is_quoted;

	/* Unknown. The value "-" itself is escaped in the line. */
	if (*value == '-' && len == 1)
		return end;
	(void)sf_text_add(record, "SFOAUTH_");
	for (; *field != '='; field++)
		(void)sf_text_add_char(record, (char)(*field & 0x5f));
	(void)sf_text_add_char(record, '=');
	(void)sf_text_add_bytes(record, value + is_quoted, len);
	(void)sf_text_add_char(record, '\n');
	return end;
}

bool sf_journal_send(const struct sf_journal_entry *entry)
{
	struct sockaddr_un journal = {.sun_family = AF_UNIX};
	char record[RECORD_SIZE];
	struct sf_text text = SF_TEXT(record);
	SF_CLEANUP(sf_fd_closep) int fd = -1;

	/* A line end in the service's name would begin a field. */
	if (!sf_text_starts(entry->line, AUDIT) || strchr(entry->service, '\n'))
		return false;
	(void)sf_text_addf(&text,
	    "MESSAGE=pam_sfoauth(%s:%s): %s\nPRIORITY=%d\nSYSLOG_FACILITY=10\n", entry->service,
	    entry->phase, entry->line, entry->level);
	for (const char *at = entry->line + strlen("sfoauth:"); *at == ' ';)
		at = add_field(&text, at + 1);
	memcpy(journal.sun_path, SOCKET, sizeof(SOCKET));
	/* A socket that was not made fails in sendto. */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return !text.overflow && sendto(fd, record, text.len, MSG_NOSIGNAL,
				     (const struct sockaddr *)&journal, sizeof(journal)) >= 0;
}
