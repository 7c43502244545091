/* Records of host keys as symbolic links: made and read in one step, never half written. */
#include "ssh_key.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "state_dir.h"
#include "text.h"

#include "banned.h"

#define PREFIX     "ssh-"
#define NAME_SIZE  48
#define STAT_SIZE  1024
#define START      20 /* fields of /proc/PID/stat behind the name, up to starttime (proc(5)) */
#define PATH_BYTES 32

/*
 * The name of the record: process id and start time. The start time tells the process from a later
 * one with the same id, whose connection is another.
 */
static bool name_record(pid_t ssh, char ret_name[static NAME_SIZE])
{
	char path[PATH_BYTES], stat[STAT_SIZE];
	struct sf_text path_text = SF_TEXT(path), name = sf_text_over(ret_name, NAME_SIZE);
	SF_CLEANUP(sf_fd_closep) int fd = -1;

	sf_text_addf(&path_text, "/proc/%jd/stat", (intmax_t)ssh);
	fd = open(path, O_RDONLY | O_CLOEXEC);

	const ssize_t len = fd < 0 ? -1 : read(fd, stat, sizeof(stat) - 1);

	if (len <= 0)
		return false;
	stat[len] = '\0';

	/* The name in parentheses may have blanks and parentheses itself. */
	const char *at = strrchr(stat, ')');

	for (int i = 0; at && i < START; i++)
		at = strchr(at + 1, ' ');
	return at && sf_text_addf(&name, PREFIX "%jd-%.*s", (intmax_t)ssh,
			 (int)strcspn(at + 1, " "), at + 1);
}

/* Remove records of processes that have ended. */
static void sweep(int dir)
{
	const int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	if (!entries && copy >= 0)
		(void)close(copy);
	while (entries && (entry = readdir(entries)) != NULL) {
		const char *name = entry->d_name;
		const long pid =
		    sf_text_starts(name, PREFIX) ? strtol(name + strlen(PREFIX), NULL, 10) : 0;

		if (pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
			(void)unlinkat(dir, name, 0);
	}
	if (entries)
		(void)closedir(entries);
}

void sf_ssh_key_record(const char *home, pid_t ssh, const char *fingerprint)
{
	SF_CLEANUP(sf_fd_closep) int dir = -1;
	char name[NAME_SIZE];
	struct sf_error ignored;

	if (strlen(fingerprint) >= SF_SSH_KEY_SIZE || !name_record(ssh, name) ||
	    sf_state_dir_open(home, &dir, &ignored) != SF_OK)
		return;
	sweep(dir);
	/* An older one of this process is out of date, even if no new one can be made. */
	(void)unlinkat(dir, name, 0);
	(void)!symlinkat(fingerprint, dir, name);
}

bool sf_ssh_key_read(const char *home, pid_t ssh, char ret_fingerprint[static SF_SSH_KEY_SIZE])
{
	SF_CLEANUP(sf_fd_closep) int dir = -1;
	char name[NAME_SIZE];
	struct sf_error ignored;

	if (!name_record(ssh, name) || sf_state_dir_open(home, &dir, &ignored) != SF_OK)
		return false;

	const ssize_t len = readlinkat(dir, name, ret_fingerprint, SF_SSH_KEY_SIZE);

	if (len <= 0 || len >= SF_SSH_KEY_SIZE)
		return false;
	ret_fingerprint[len] = '\0';
	return true;
}

bool sf_ssh_key_forget(const char *home, pid_t ssh)
{
	SF_CLEANUP(sf_fd_closep) int dir = -1;
	char name[NAME_SIZE];
	struct sf_error ignored;

	return name_record(ssh, name) && sf_state_dir_open(home, &dir, &ignored) == SF_OK &&
	       unlinkat(dir, name, 0) == 0;
}
