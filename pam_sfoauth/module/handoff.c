/*
 * Records as files in /run/sfoauth/handoff: create, publish, claim, sweep. No content is read or
 * written here; handoff.h says how a record is bound to its user.
 */
#include "handoff.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "text.h"

#include "banned.h"

#define ENTRIES_MAX 4096 /* directory entries read in one sweep */
#define NAME_TRIES  4    /* random names, until one is not taken */
#define PROC_SIZE   64

bool sf_handoff_is_id(const char *text)
{
	return sf_text_is_hex(text, SF_HANDOFF_ID_SIZE - 1);
}

static bool proc_path(int fd, char ret[static PROC_SIZE])
{
	struct sf_text text = sf_text_over(ret, PROC_SIZE);

	return sf_text_addf(&text, "/proc/self/fd/%d", fd);
}

enum sf_err sf_handoff_new(int dir, int *ret_fd, struct sf_error *e)
{
	int fd = openat(dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot create a record");
	*ret_fd = fd;
	return SF_OK;
}

/*
 * Give an O_TMPFILE descriptor a name (open(2)). AT_EMPTY_PATH needs CAP_DAC_READ_SEARCH; without
 * it the link goes through /proc. Both fail with EEXIST and replace nothing.
 */
static bool link_record(int dir, int fd, const char *id)
{
	char path[PROC_SIZE];

	if (linkat(fd, "", dir, id, AT_EMPTY_PATH) == 0)
		return true;
	return errno != EEXIST && proc_path(fd, path) &&
	       linkat(AT_FDCWD, path, dir, id, AT_SYMLINK_FOLLOW) == 0;
}

enum sf_err sf_handoff_publish(
    int dir, int fd, uid_t uid, char ret_id[static SF_HANDOFF_ID_SIZE], struct sf_error *e)
{
	char id[SF_HANDOFF_ID_SIZE];

	/* Owner first: a record with a name is never root's. This also sets the change time. */
	if (fchown(fd, uid, (gid_t)-1) != 0)
		return SF_FAIL(
		    e, SF_E_SYSTEM, errno, "cannot give the record to uid %u", (unsigned)uid);
	for (int i = 0; i < NAME_TRIES; i++) {
		if (!sf_text_random_hex(id, (SF_HANDOFF_ID_SIZE - 1) / 2))
			return SF_FAIL(e, SF_E_SYSTEM, 0, "getrandom failed for the record's name");
		if (link_record(dir, fd, id)) {
			memcpy(ret_id, id, sizeof(id));
			return SF_OK;
		}
		if (errno != EEXIST)
			break;
	}
	return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot name the record");
}

int sf_handoff_reopen(int fd)
{
	char path[PROC_SIZE];
	struct stat st;

	if (fstat(fd, &st) != 0 || st.st_size == 0 || !proc_path(fd, path))
		return -1;
	return openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

/*
 * Is the record younger than SF_HANDOFF_LIFE_S? A change time in the future means that the clock
 * was set back; its age is then unknown, and it counts as too old.
 */
static bool is_fresh(const struct stat *st, int64_t now_s)
{
	int64_t age_s = now_s - (int64_t)st->st_ctim.tv_sec;

	return age_s >= 0 && age_s < SF_HANDOFF_LIFE_S;
}

/* Open a regular file for reading. A link is not followed, a FIFO or device does not block. */
static int open_record(int dir, const char *id, struct stat *ret_st)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	SF_CLEANUP(sf_fd_closep) int fd = openat(dir, id, flags);

	if (fd < 0 || fstat(fd, ret_st) != 0 || !S_ISREG(ret_st->st_mode))
		return -1;
	return SF_TAKE_FD(fd);
}

enum sf_handoff_claim sf_handoff_claim(
    int dir, const char *id, uid_t uid, int64_t now_s, int *ret_fd)
{
	struct stat st;
	SF_CLEANUP(sf_fd_closep) int fd = sf_handoff_is_id(id) ? open_record(dir, id, &st) : -1;

	/* A sweep may run at the same time. unlinkat succeeds for one process: that one owns it. */
	if (fd < 0 || unlinkat(dir, id, 0) != 0)
		return SF_HANDOFF_NONE;
	*ret_fd = SF_TAKE_FD(fd);
	return st.st_uid == uid && st.st_nlink == 1 && is_fresh(&st, now_s) ? SF_HANDOFF_TAKEN
									    : SF_HANDOFF_SPOILT;
}

static void closedirp(DIR **stream)
{
	if (*stream)
		(void)closedir(*stream);
}

bool sf_handoff_sweep(int dir, int64_t now_s, int *ret_fd)
{
	SF_CLEANUP(sf_fd_closep) int own = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	SF_CLEANUP(closedirp) DIR *stream = own >= 0 ? fdopendir(own) : NULL;
	const struct dirent *entry = NULL;

	if (!stream)
		return false;
	(void)SF_TAKE_FD(own); /* closedir closes it */
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread uses this stream */
	for (int i = 0; i < ENTRIES_MAX && (entry = readdir(stream)) != NULL; i++) {
		struct stat st;
		SF_CLEANUP(sf_fd_closep) int fd = -1;

		if (!sf_handoff_is_id(entry->d_name))
			continue;
		fd = open_record(dir, entry->d_name, &st);
		if (fd < 0 || is_fresh(&st, now_s) || unlinkat(dir, entry->d_name, 0) != 0)
			continue;
		*ret_fd = SF_TAKE_FD(fd);
		return true;
	}
	return false;
}
