/* Looks for the module's audit lines in the journal, else in syslog's files. */
#include "audit_log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "text.h"
#include "messages.h"

#include "banned.h"

#define SF_JOURNALCTL "/usr/bin/journalctl"

/* rsyslog's, and where logrotate moves them; what it has compressed is for zgrep. */
static const char *const files[] = {"/var/log/auth.log.1", "/var/log/auth.log", "/var/log/secure"};

struct search {
	const char *ref;
	struct sf_audit_log_entry *entry;
	bool is_barred; /* something could not be read */
};

/* "2026-11-22T08:43:56+0000 HOST ..." or "Nov 22 08:43:56 HOST ...". */
static bool is_iso(const char *line)
{
	return line[0] >= '0' && line[0] <= '9';
}

static size_t time_len(const char *line)
{
	return is_iso(line) ? strcspn(line, " ") : strnlen(line, strlen("Nov 22 08:43:56"));
}

static bool take_time(const char *line, char ret_when[static SF_AUDIT_LOG_WHEN_SIZE])
{
	struct sf_text text = sf_text_over(ret_when, SF_AUDIT_LOG_WHEN_SIZE);
	const size_t len = time_len(line);

	const char *dot = is_iso(line) ? memchr(line, '.', len) : NULL;
	const size_t whole = dot != NULL ? (size_t)(dot - line) : len;
	size_t rest = whole;

	/* Nobody looks for a microsecond. */
	while (rest < len && strchr(".0123456789", line[rest]))
		rest++;
	return sf_text_add_bytes(&text, line, whole) &&
	       sf_text_add_bytes(&text, line + rest, len - rest) && sf_text_is_printable(ret_when);
}

/*
 * What the program said, behind time, host and its name. Only there may our words stand: root's
 * programs log what others give them, sudo a whole command line. NULL: no such line, or one that
 * journalctl has set in because it goes on with a message of several.
 */
static const char *message_of(const char *line)
{
	const char *host = line + time_len(line), *end = NULL;

	if (line[0] == ' ' || *host != ' ')
		return NULL;
	host += strspn(host, " ");
	end = strstr(host + strcspn(host, " "), ": ");
	return !end ? NULL : end + strlen(": ");
}

bool sf_audit_log_line(const char *line, const char *ref, struct sf_audit_log_entry *ret_entry)
{
	static const char module[] = "pam_sfoauth(", mark[] = "): ";
	const char *found = message_of(line);
	struct sf_audit_log_entry entry = {.count = 1};

	if (!found || !sf_text_starts(found, module))
		return false;
	found += strcspn(found, " )");
	if (!sf_text_starts(found, mark) ||
	    !sf_audit_line_parse(found + strlen(mark), &entry.refusal) ||
	    strcmp(entry.refusal.ref, ref) != 0 || !take_time(line, entry.when))
		return false;
	*ret_entry = entry;
	return true;
}

static void read_lines(struct search *search, FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, file)) > 0) {
		struct sf_audit_log_entry found;

		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (!sf_audit_log_line(line, search->ref, &found))
			continue;
		if (search->entry->count++ == 0)
			*search->entry = found;
	}
	free(line);
}

/* What is in both, a host has both: the journal counts then. */
static void read_files(struct search *search)
{
	for (size_t i = 0; i < SF_COUNT(files); i++) {
		FILE *file = fopen(files[i], "re");

		if (!file) {
			search->is_barred = search->is_barred || errno == EACCES;
			continue;
		}
		read_lines(search, file);
		(void)fclose(file);
	}
}

/* roots: what processes of root wrote, which the kernel has told the journal. */
static pid_t start_journalctl(const char *ref, bool roots, int out)
{
	char path[] = SF_JOURNALCTL, quiet[] = "--quiet", no_pager[] = "--no-pager",
	     form[] = "--output=short-iso", facility[] = "SYSLOG_FACILITY=10", root[] = "_UID=0",
	     grep[64];
	char *const argv[] = {
	    path, quiet, no_pager, form, grep, facility, roots ? root : NULL, NULL};
	char lang[] = "LC_ALL=C.UTF-8";
	char *const environment[] = {lang, NULL};
	struct sf_text text = SF_TEXT(grep);
	posix_spawn_file_actions_t actions;
	pid_t pid = 0;

	if (!sf_text_addf(&text, "--grep=ref=%s", ref) ||
	    posix_spawn_file_actions_init(&actions) != 0)
		return 0;
	if (posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) !=
		0 ||
	    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) !=
		0 ||
	    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO) != 0 ||
	    posix_spawn(&pid, path, &actions, NULL, argv, environment) != 0)
		pid = 0;
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static void read_journal(struct search *search, bool roots)
{
	int ends[2];
	FILE *file;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	pid = start_journalctl(search->ref, roots, ends[1]);
	(void)close(ends[1]);
	file = fdopen(ends[0], "re");
	if (!file)
		(void)close(ends[0]);
	if (file && pid > 0)
		read_lines(search, file);
	if (file)
		(void)fclose(file);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

enum sf_err sf_audit_log_find(
    const char *ref, struct sf_audit_log_entry *ret_entry, struct sf_error *e)
{
	struct sf_audit_log_entry entry = {.count = 0};
	struct search search = {.ref = ref, .entry = &entry, .is_barred = geteuid() != 0};
	bool is_roots = false;

	read_journal(&search, /* roots= */ true);
	is_roots = entry.count > 0;
	/* su is root's with its caller's uid, and a file does not tell who wrote a line. */
	if (entry.count == 0)
		read_journal(&search, /* roots= */ false);
	if (entry.count == 0)
		read_files(&search);
	if (entry.count == 0 && search.is_barred)
		return SF_FAIL_MESSAGE(e, SF_E_NEEDS_ROOT, SF_MESSAGE_WHY_NEEDS_ROOT, NULL);
	if (entry.count == 0)
		return SF_FAIL_MESSAGE(
		    e, SF_E_NO_REFERENCE, SF_MESSAGE_WHY_NO_REFERENCE, SF_WITH({"ref", ref}));
	entry.is_roots = is_roots;
	*ret_entry = entry;
	return SF_OK;
}
