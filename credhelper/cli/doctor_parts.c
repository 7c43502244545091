#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "capture.h"
#include "doctor.h"
#include "text.h"

#include "banned.h"

#define SF_WORKER       SF_LIBEXECDIR "/sfoauth-worker"
#define SF_SELFTEST_MS  30000
#define SF_PRINTED_SIZE 8192

static const struct {
	const char *path;
	bool is_worker;
} programs[] = {
    {SF_BINDIR "/sfoauth", false},
    {SF_BINDIR "/git-credential-sfoauth", false},
    {SF_WORKER, true},
    {SF_LIBEXECDIR "/sfoauth-keyring", false},
    {SF_LIBEXECDIR "/sfoauth-keep", false},
};

static bool is_trusted(const struct stat *st)
{
	return st->st_uid == 0 && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* False, and a row, where something is wrong with it. */
static bool check_program(struct sf_doctor *d, const char *path, bool is_worker)
{
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & S_IXOTH) == 0) {
		sf_doctor_fail(d, SF_FINDING_PROGRAM, "%s is missing or cannot be run", path);
		return false;
	}
	if (!is_trusted(&st)) {
		sf_doctor_fail(d, SF_FINDING_PROGRAM_MODE,
		    "%s belongs to uid %u and has mode %03o: others can change it", path,
		    (unsigned)st.st_uid, (unsigned)st.st_mode & 07777);
		return false;
	}
	if (is_worker && (st.st_mode & (S_IROTH | S_ISUID | S_ISGID)) != 0) {
		sf_doctor_fail(d, SF_FINDING_WORKER_READABLE, "%s has mode %03o", path,
		    (unsigned)st.st_mode & 07777);
		return false;
	}
	return true;
}

/* What follows a word at the start of a line, up to the line's end; "" where no line has it. */
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

static void check_sandbox(struct sf_doctor *d)
{
	const char *const words[] = {SF_WORKER, "--self-test", NULL};
	const struct sf_capture_ask ask = {
	    .words = words, .limit_ms = SF_SELFTEST_MS, .takes_errors = true};
	char printed[SF_PRINTED_SIZE], found[256];
	struct sf_text line = SF_TEXT(found);
	struct sf_error e;
	size_t len = 0;
	int status = 0;

	if (sf_capture(&ask, printed, sizeof(printed), &len, &status, &e) != SF_OK) {
		sf_doctor_fail(d, SF_FINDING_SANDBOX, "%s", e.detail);
		return;
	}
	if (status != 0) {
		find_line(printed, "not ok  ", &line);
		sf_doctor_fail(d, SF_FINDING_SANDBOX, "the self-test fails: %s",
		    found[0] != '\0' ? found : "it says nothing");
		return;
	}
	find_line(printed, "ok      Landlock: ", &line);
	sf_doctor_ok(d, "sandbox", "seccomp, and Landlock: %s", found);
}

void sf_doctor_parts(struct sf_doctor *d)
{
	bool is_fine = true;

	for (size_t i = 0; i < SF_COUNT(programs); i++)
		is_fine = check_program(d, programs[i].path, programs[i].is_worker) && is_fine;
	if (is_fine)
		sf_doctor_ok(d, "programs", "%s/sfoauth, parts in %s", SF_BINDIR, SF_LIBEXECDIR);
	check_sandbox(d);
}

/* What the worker becomes: nobody else's uid, and no root's group. */
static bool check_user(struct sf_doctor *d, const char *name, uid_t other, uid_t *ret_uid)
{
	const struct passwd *entry = getpwnam(name);

	if (entry == NULL) {
		sf_doctor_fail(d, SF_FINDING_USERS, "there is no user %s", name);
		return false;
	}
	*ret_uid = entry->pw_uid;
	if (entry->pw_uid == 0 || entry->pw_gid == 0 || entry->pw_uid == other) {
		sf_doctor_fail(d, SF_FINDING_USERS, "user %s has uid %u and gid %u", name,
		    (unsigned)entry->pw_uid, (unsigned)entry->pw_gid);
		return false;
	}
	return true;
}

void sf_doctor_module(struct sf_doctor *d)
{
	static const char path[] = SF_PAMDIR "/" SF_DOCTOR_MODULE;
	struct stat st;
	uid_t worker = 0, host = 0;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		sf_doctor_fail(
		    d, SF_FINDING_MODULE, "%s is missing: %s", path, strerrordesc_np(errno));
	else if (!is_trusted(&st))
		sf_doctor_fail(d, SF_FINDING_MODULE_MODE, "%s belongs to uid %u and has mode %03o",
		    path, (unsigned)st.st_uid, (unsigned)st.st_mode & 07777);
	else
		sf_doctor_ok(d, "module", "%s", path);
	if (check_user(d, "_sfoauth", 0, &worker) && check_user(d, "_sfoauth-host", worker, &host))
		sf_doctor_ok(d, "users", "_sfoauth is uid %u, _sfoauth-host is uid %u",
		    (unsigned)worker, (unsigned)host);
}
