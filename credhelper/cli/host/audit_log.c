/*
 * Searches the journal, else the files of syslog, for audit lines of refusals. Local users can
 * forge lines, so it prefers lines of root and counts all that have a reference.
 */
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

/*
 * The files of rsyslog, oldest first, with the one that logrotate moved last. Compressed files are
 * not searched.
 */
static const char *const files[] = {"/var/log/auth.log.1", "/var/log/auth.log", "/var/log/secure"};

struct search {
	struct sf_audit_log_query query;
	struct sf_audit_log_entry *entry;
	bool is_newest; /* keep the newest line, not the oldest */
	bool is_barred; /* a part of the log may not be read */
};

/* How the journal is read. */
struct journal {
	bool is_reversed; /* newest first; the first line that is meant ends the search */
	bool is_roots;    /* only lines of processes of root */
};

/*
 * Does the line start with an ISO time, "2026-11-22T08:43:56+0000 HOST ..."? The other form is
 * "Nov 22 08:43:56 HOST ...".
 */
static bool is_iso(const char *line)
{
	return line[0] >= '0' && line[0] <= '9';
}

static size_t time_len(const char *line)
{
	return is_iso(line) ? strcspn(line, " ") : strnlen(line, strlen("Nov 22 08:43:56"));
}

/* Copy the time of a line, without the fraction of a second. False: it does not fit. */
static bool take_time(const char *line, char ret_when[static SF_AUDIT_LOG_WHEN_SIZE])
{
	struct sf_text text = sf_text_over(ret_when, SF_AUDIT_LOG_WHEN_SIZE);
	const size_t len = time_len(line);

	const char *dot = is_iso(line) ? memchr(line, '.', len) : NULL;
	const size_t whole = dot != NULL ? (size_t)(dot - line) : len;
	size_t rest = whole;

	while (rest < len && strchr("." SF_TEXT_DIGITS, line[rest]))
		rest++;
	return sf_text_add_bytes(&text, line, whole) &&
	       sf_text_add_bytes(&text, line + rest, len - rest) && sf_text_is_printable(ret_when);
}

/*
 * The message of a line, after time, host and program. An audit line counts only at its start:
 * other programs of root log what users give them, sudo even a whole command line, so that a user
 * could place an audit line inside a message. NULL: no such line, or an indented one, with which
 * journalctl continues a message of several lines.
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

/* Other lines, such as those of logins that were allowed, have no reference. */
static bool is_meant(const struct sf_audit_line *audit, const struct sf_audit_log_query *query)
{
	char ref[SF_AUDIT_LINE_REF_SIZE];

	return sf_audit_line_ref(audit->ref, ref) &&
	       (!query->ref || strcmp(query->ref, audit->ref) == 0) &&
	       (!query->user || strcmp(query->user, audit->user) == 0);
}

bool sf_audit_log_line(
    const char *line, const struct sf_audit_log_query *query, struct sf_audit_log_entry *ret_entry)
{
	static const char module[] = "pam_sfoauth(", mark[] = "): ";
	const char *found = message_of(line);
	struct sf_audit_log_entry entry = {.count = 1};

	if (!found || !sf_text_starts(found, module))
		return false;
	found += strcspn(found, " )");
	if (!sf_text_starts(found, mark) ||
	    !sf_audit_line_parse(found + strlen(mark), &entry.audit) ||
	    !is_meant(&entry.audit, query) || !take_time(line, entry.when))
		return false;
	*ret_entry = entry;
	return true;
}

/*
 * Count the lines that are meant, and keep the first of them, or the last for the newest.
 * is_reversed: the newest comes first, and nothing after it is read.
 */
static void read_lines(struct search *search, FILE *file, bool is_reversed)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while (
	    !(is_reversed && search->entry->count > 0) && (len = getline(&line, &size, file)) > 0) {
		struct sf_audit_log_entry found;

		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (!sf_audit_log_line(line, &search->query, &found))
			continue;
		found.count = search->entry->count + 1;
		if (found.count == 1 || search->is_newest)
			*search->entry = found;
		search->entry->count = found.count;
	}
	free(line);
}

/* A missing file is normal; one that may not be read is reported as "needs root". */
static void read_files(struct search *search)
{
	for (size_t i = 0; i < SF_COUNT(files); i++) {
		FILE *file = fopen(files[i], "re");

		if (!file) {
			search->is_barred = search->is_barred || errno == EACCES;
			continue;
		}
		read_lines(search, file, /* is_reversed= */ false);
		(void)fclose(file);
	}
}

/*
 * Start journalctl with its output in out. Only processes of root: the kernel reports the uid of a
 * writer to the journal, so it cannot be forged. An absolute path and a fixed environment keep the
 * caller's variables away. 0: not started.
 */
static pid_t start_journalctl(const struct search *search, const struct journal *journal, int out)
{
	char path[] = SF_JOURNALCTL, quiet[] = "--quiet", no_pager[] = "--no-pager",
	     form[] = "--output=short-iso", facility[] = "SYSLOG_FACILITY=10", root[] = "_UID=0",
	     reverse[] = "--reverse", grep[64];
	char *argv[] = {path, quiet, no_pager, form, grep, facility, NULL, NULL, NULL};
	size_t argc = SF_COUNT(argv) - 3;
	char lang[] = "LC_ALL=C.UTF-8";
	char *const environment[] = {lang, NULL};
	struct sf_text text = SF_TEXT(grep);
	posix_spawn_file_actions_t actions;
	pid_t pid = 0;

	if (journal->is_reversed)
		argv[argc++] = reverse;
	if (journal->is_roots)
		argv[argc++] = root;
	/* A pattern: a reference has no character with a meaning there. An account's name may. */
	if (!sf_text_addf(
		&text, "--grep=ref=%s", search->query.ref ? search->query.ref : "[2-9A-Z]") ||
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

/* Without a journal, this finds nothing. */
static void read_journal(struct search *search, const struct journal *journal)
{
	int ends[2];
	FILE *file;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	pid = start_journalctl(search, journal, ends[1]);
	(void)close(ends[1]);
	file = fdopen(ends[0], "re");
	if (!file)
		(void)close(ends[0]);
	if (file && pid > 0)
		read_lines(search, file, journal->is_reversed);
	if (file)
		(void)fclose(file);
	/* It may have months to read before it would notice that nobody reads its output. */
	if (pid > 0 && journal->is_reversed)
		(void)kill(pid, SIGTERM);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* What was looked for, as the failure names it. */
static enum sf_err fail_not_found(const struct search *search, struct sf_error *e)
{
	if (search->is_barred)
		return SF_FAIL_MESSAGE(e, SF_E_NEEDS_ROOT, SF_MESSAGE_WHY_NEEDS_ROOT, NULL);
	return SF_FAIL_MESSAGE(e, SF_E_NO_REFERENCE, SF_MESSAGE_WHY_NO_REFERENCE,
	    SF_WITH({"what", search->query.ref    ? search->query.ref
			     : search->query.user ? search->query.user
						  : sf_message_row(SF_MESSAGE_WHY_ANY)}));
}

enum sf_err sf_audit_log_find(
    const char *ref, struct sf_audit_log_entry *ret_entry, struct sf_error *e)
{
	struct sf_audit_log_entry entry = {.count = 0};
	struct search search = {
	    .query = {.ref = ref}, .entry = &entry, .is_barred = geteuid() != 0};
	bool is_roots = false;

	read_journal(&search, &(struct journal){.is_roots = true});
	is_roots = entry.count > 0;
	/*
	 * su logs with the uid of its caller, so its lines are not among those of root. The files
	 * do not say who wrote a line. If both exist, prefer the journal.
	 */
	if (entry.count == 0)
		read_journal(&search, &(struct journal){.is_roots = false});
	if (entry.count == 0)
		read_files(&search);
	if (entry.count == 0)
		return fail_not_found(&search, e);
	entry.is_roots = is_roots;
	*ret_entry = entry;
	return SF_OK;
}

enum sf_err sf_audit_log_newest(
    const char *user, struct sf_audit_log_newest *ret_newest, struct sf_error *e)
{
	struct sf_audit_log_entry roots = {.count = 0}, any = {.count = 0};
	struct search search = {.query = {.user = user},
	    .entry = &roots,
	    .is_newest = true,
	    .is_barred = geteuid() != 0};
	struct sf_audit_log_newest newest = {.unproven = ""};

	read_journal(&search, &(struct journal){.is_reversed = true, .is_roots = true});
	search.entry = &any;
	read_journal(&search, &(struct journal){.is_reversed = true});
	if (any.count == 0)
		read_files(&search);
	if (roots.count == 0 && any.count == 0)
		return fail_not_found(&search, e);
	memcpy(newest.ref, roots.count > 0 ? roots.audit.ref : any.audit.ref, sizeof(newest.ref));
	if (roots.count > 0 && any.count > 0 && strcmp(newest.ref, any.audit.ref) != 0)
		memcpy(newest.unproven, any.audit.ref, sizeof(newest.unproven));
	*ret_newest = newest;
	return SF_OK;
}
