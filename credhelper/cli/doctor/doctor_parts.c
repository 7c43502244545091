/*
 * doctor: the installed programs, the PAM module, the users of the worker, and the sandbox. A
 * program that others can change is not run.
 */
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "run_output.h"
#include "doctor.h"
#include "text.h"

#include "banned.h"

#define SF_WORKER       SF_LIBEXECDIR "/sfoauth-worker"
#define SF_SELFTEST     SF_LIBEXECDIR "/sfoauth-selftest"
#define SF_SELFTEST_MS  40000 /* it has parts of up to 12 s each */
#define SF_PRINTED_SIZE 8192
#define SF_MODE_SIZE    16

static const struct {
	const char *path;
	bool is_worker;
} programs[] = {
    {SF_BINDIR "/sfoauth", false},
    {SF_BINDIR "/git-credential-sfoauth", false},
    {SF_WORKER, true},
    {SF_SELFTEST, false},
    {SF_LIBEXECDIR "/sfoauth-keyring", false},
    {SF_LIBEXECDIR "/sfoauth-keep", false},
    {SF_LIBEXECDIR "/sfoauth-try", false},
};

/* Can only root change the file? */
static bool is_trusted(const struct stat *st)
{
	return st->st_uid == 0 && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* The mode in octal, such as "755". */
static const char *mode_of(const struct stat *st, char ret[static SF_MODE_SIZE])
{
	struct sf_text text = sf_text_over(ret, SF_MODE_SIZE);

	sf_text_addf(&text, "%03o", (unsigned)st->st_mode & 07777);
	return ret;
}

static void fail_changeable(
    struct sf_doctor *d, enum sf_finding finding, const char *path, const struct stat *st)
{
	char mode[SF_MODE_SIZE];

	sf_doctor_fail(d, finding, SF_MESSAGE_DOCTOR_OTHERS_CHANGE,
	    SF_WITH({"path", path}, {"uid", SF_NUMBER(st->st_uid)}, {"mode", mode_of(st, mode)}));
}

/*
 * Can only root write the directories above the file? A user who can write one is able to replace
 * the file. A sticky directory is fine. False, with a row shown, if others can.
 */
static bool check_place(struct sf_doctor *d, enum sf_finding finding, const char *path)
{
	for (const char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		char parent[PATH_MAX];
		struct sf_text text = SF_TEXT(parent);
		struct stat st;

		if (!sf_text_add_bytes(&text, path, (size_t)(slash - path)) ||
		    stat(parent, &st) != 0 ||
		    (st.st_uid == 0 && (st.st_mode & (S_IWOTH | S_ISVTX)) != S_IWOTH))
			continue;
		fail_changeable(d, finding, parent, &st);
		return false;
	}
	return true;
}

/*
 * Check that a program exists and that only root can change it. The worker must also be unreadable
 * and not setuid: otherwise the user it runs as could trace it. False, with a row shown, on a
 * defect.
 */
static bool check_program(struct sf_doctor *d, const char *path, bool is_worker)
{
	char mode[SF_MODE_SIZE];
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & S_IXOTH) == 0) {
		sf_doctor_fail(
		    d, SF_FINDING_PROGRAM, SF_MESSAGE_DOCTOR_NO_PROGRAM, SF_WITH({"path", path}));
		return false;
	}
	if (!is_trusted(&st)) {
		fail_changeable(d, SF_FINDING_PROGRAM_MODE, path, &st);
		return false;
	}
	if (!check_place(d, SF_FINDING_PROGRAM_MODE, path))
		return false;
	if (is_worker && (st.st_mode & (S_IROTH | S_ISUID | S_ISGID)) != 0) {
		sf_doctor_fail(d, SF_FINDING_WORKER_READABLE, SF_MESSAGE_DOCTOR_MODE,
		    SF_WITH({"path", path}, {"mode", mode_of(&st, mode)}));
		return false;
	}
	return true;
}

/* Append the rest of the first line that starts with word; nothing if there is none. */
static void find_line(const char *text, const char *word, struct sf_text *ret)
{
	for (const char *line = text; *line != '\0';
	     line += strcspn(line, "\n"), line += *line != 0) {
		if (!sf_text_starts(line, word))
			continue;
		line += strlen(word);
		sf_text_add_bytes(ret, line, strcspn(line, "\n"));
		return;
	}
}

/* Run the self-test of the worker's sandbox; on failure, show its first "not ok" line. */
static void check_sandbox(struct sf_doctor *d)
{
	const char *const words[] = {SF_SELFTEST, NULL};
	const struct sf_run_output_params params = {
	    .words = words, .limit_ms = SF_SELFTEST_MS, .takes_errors = true};
	char printed[SF_PRINTED_SIZE], found[256], ports[256];
	struct sf_text line = SF_TEXT(found), ports_line = SF_TEXT(ports);
	struct sf_error e;
	size_t len = 0;
	int status = 0;

	if (sf_run_output(&params, printed, sizeof(printed), &len, &status, &e) != SF_OK) {
		sf_doctor_fail(
		    d, SF_FINDING_SANDBOX, SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", e.detail}));
		return;
	}
	if (status != 0) {
		find_line(printed, "not ok  ", &line);
		if (found[0] != '\0')
			sf_doctor_fail(d, SF_FINDING_SANDBOX, SF_MESSAGE_DOCTOR_SELF_TEST,
			    SF_WITH({"line", found}));
		else
			sf_doctor_fail(
			    d, SF_FINDING_SANDBOX, SF_MESSAGE_DOCTOR_SELF_TEST_SILENT, NULL);
		return;
	}
	find_line(printed, "ok      Landlock: ", &line);
	find_line(printed, "ok      Ports: ", &ports_line);
	sf_doctor_ok(d, "sandbox", SF_MESSAGE_DOCTOR_SANDBOX,
	    SF_WITH({"landlock", found}, {"ports", ports}));
}

/* A defect of one program does not hide those of others: each gets its row. */
void sf_doctor_parts(struct sf_doctor *d)
{
	const char *bad = NULL; /* the worker or the self-test, if defective */
	bool is_fine = true;

	for (size_t i = 0; i < SF_COUNT(programs); i++) {
		const char *path = programs[i].path;

		if (check_program(d, path, programs[i].is_worker))
			continue;
		is_fine = false;
		d->is_worker_bad = d->is_worker_bad || programs[i].is_worker;
		if (!bad && (programs[i].is_worker || strcmp(path, SF_SELFTEST) == 0))
			bad = path;
	}
	if (is_fine)
		sf_doctor_ok(d, "programs", SF_MESSAGE_DOCTOR_PROGRAMS,
		    SF_WITH({"program", programs[0].path}, {"folder", SF_LIBEXECDIR}));
	/* If others could change a program, running it as root would give them root. */
	if (!bad)
		check_sandbox(d);
	else
		sf_doctor_skip(
		    d, "sandbox", NULL, SF_MESSAGE_DOCTOR_NO_WORKER, SF_WITH({"path", bad}));
}

/*
 * A user that the worker becomes needs a uid that no other user of the worker has, and neither
 * root's uid nor its group: processes of the same uid can trace each other. other: the uid to
 * differ from.
 */
static bool check_user(struct sf_doctor *d, const char *name, uid_t other, uid_t *ret_uid)
{
	const struct passwd *entry = getpwnam(name);

	if (!entry) {
		sf_doctor_fail(
		    d, SF_FINDING_USERS, SF_MESSAGE_DOCTOR_NO_USER, SF_WITH({"user", name}));
		return false;
	}
	*ret_uid = entry->pw_uid;
	if (entry->pw_uid == 0 || entry->pw_gid == 0 || entry->pw_uid == other) {
		sf_doctor_fail(d, SF_FINDING_USERS, SF_MESSAGE_DOCTOR_USER,
		    SF_WITH({"user", name}, {"uid", SF_NUMBER(entry->pw_uid)},
			{"gid", SF_NUMBER(entry->pw_gid)}));
		return false;
	}
	return true;
}

/*
 * A user who can change the module is root at the next login, so the check covers its directories.
 */
void sf_doctor_module(struct sf_doctor *d)
{
	static const char path[] = SF_PAMDIR "/" SF_DOCTOR_MODULE;
	struct stat st;
	uid_t worker = 0, host = 0;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		sf_doctor_fail(
		    d, SF_FINDING_MODULE, SF_MESSAGE_DOCTOR_NO_MODULE, SF_WITH({"path", path}));
	else if (!is_trusted(&st))
		fail_changeable(d, SF_FINDING_MODULE_MODE, path, &st);
	else if (check_place(d, SF_FINDING_MODULE_MODE, path))
		sf_doctor_ok(d, "module", SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", path}));
	if (check_user(d, "_sfoauth", 0, &worker) && check_user(d, "_sfoauth-host", worker, &host))
		sf_doctor_ok(d, "users", SF_MESSAGE_DOCTOR_USERS,
		    SF_WITH({"worker", SF_NUMBER(worker)}, {"host", SF_NUMBER(host)}));
}
