/*
 * Reads and writes the file `use`, which holds what `sfoauth use` chose. Does not check whether the
 * chosen org or user exists.
 */
#include "defaults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "state_dir.h"
#include "text.h"

#include "banned.h"

#define SF_DEFAULTS_FILE      "use"
#define SF_DEFAULTS_FILE_NEW  "use.new"
#define SF_DEFAULTS_SIZE      8192
#define SF_DEFAULTS_PATH_SIZE 4096

/* Parse one line into *choice. A line of another form is ignored: see defaults.h. */
static void parse_line(struct sf_defaults *choice, char *line)
{
	static const char org[] = "org ", user[] = "user ";
	char *space;

	if (!sf_text_is_printable(line))
		return;
	if (sf_text_starts(line, org)) {
		(void)!sf_defaults_set_org(choice, line + strlen(org));
		return;
	}
	if (!sf_text_starts(line, user))
		return;
	space = strchr(line + strlen(user), ' ');
	if (!space || space[1] == '\0')
		return;
	*space = '\0';
	(void)!sf_defaults_set_user(choice, line + strlen(user), space + 1);
}

/*
 * Open the file if it is a regular file that this user owns and nobody else can write; else -1.
 * Another person could otherwise choose the org that a token is sent to. Creates no directory.
 */
static int open_own(const char *home)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	char path[SF_DEFAULTS_PATH_SIZE];
	struct sf_text text = SF_TEXT(path);
	struct stat st;

	if (!sf_text_addf(&text, "%s/.local/state/sfoauth/" SF_DEFAULTS_FILE, home))
		return -1;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0)
		return -1;
	return SF_TAKE_FD(fd);
}

void sf_defaults_read(const char *home, struct sf_defaults *ret_choice)
{
	SF_CLEANUP(sf_fd_closep) int fd = open_own(home);
	char text[SF_DEFAULTS_SIZE];
	ssize_t len;

	memset(ret_choice, 0, sizeof(*ret_choice));
	if (fd < 0)
		return;
	len = read(fd, text, sizeof(text) - 1);
	if (len <= 0)
		return;
	text[len] = '\0';
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		parse_line(ret_choice, line);
	}
}

enum sf_err sf_defaults_write(
    const char *home, const struct sf_defaults *choice, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int dir = -1;
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	char buf[SF_DEFAULTS_SIZE];
	struct sf_text text = SF_TEXT(buf);
	enum sf_err r = sf_state_dir_open(home, &dir, e);

	if (r != SF_OK)
		return r;
	if (choice->org[0] != '\0')
		sf_text_addf(&text, "org %s\n", choice->org);
	for (size_t i = 0; i < choice->user_count; i++)
		sf_text_addf(&text, "user %s %s\n", choice->users[i].org, choice->users[i].user);
	if (text.overflow)
		return SF_FAIL(e, SF_E_SYSTEM, E2BIG, "the defaults are longer than %d bytes",
		    SF_DEFAULTS_SIZE);
	(void)unlinkat(dir, SF_DEFAULTS_FILE_NEW, 0);
	fd = openat(dir, SF_DEFAULTS_FILE_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || !sf_file_write_all(fd, buf, text.len) ||
	    renameat(dir, SF_DEFAULTS_FILE_NEW, dir, SF_DEFAULTS_FILE) != 0)
		return SF_FAIL(
		    e, SF_E_SYSTEM, errno, "cannot write %s/.local/state/sfoauth/use", home);
	return SF_OK;
}

static struct sf_defaults_user *find(struct sf_defaults *choice, const char *org)
{
	for (size_t i = 0; i < choice->user_count; i++) {
		if (strcmp(choice->users[i].org, org) == 0)
			return &choice->users[i];
	}
	return NULL;
}

const char *sf_defaults_user(const struct sf_defaults *choice, const char *org)
{
	for (size_t i = 0; i < choice->user_count; i++) {
		if (strcmp(choice->users[i].org, org) == 0)
			return choice->users[i].user;
	}
	return NULL;
}

bool sf_defaults_set_org(struct sf_defaults *choice, const char *org)
{
	return sf_text_copy(choice->org, sizeof(choice->org), !org ? "" : org);
}

bool sf_defaults_set_user(struct sf_defaults *choice, const char *org, const char *user)
{
	struct sf_defaults_user *row = find(choice, org);

	if (!user) {
		if (row)
			*row = choice->users[--choice->user_count];
		return true;
	}
	if (!row && choice->user_count == SF_CONFIG_ORGS_MAX)
		return false;
	if (!row) {
		row = &choice->users[choice->user_count];
		if (!sf_text_copy(row->org, sizeof(row->org), org))
			return false;
		choice->user_count++;
	}
	return sf_text_copy(row->user, sizeof(row->user), user);
}
