/* Open and read files whose owner is trusted. Checks use open descriptors, never paths. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "banned.h"

void sf_fd_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

/* Root can change every file anyway, and so can the user with their own. */
static bool is_trusted(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

/* A refusal that chown(1), chmod(1) or removing a link would fix. */
#define FAIL_UNSAFE(e, sys, ...) ((void)SF_FAIL(e, SF_E_CONFIG, sys, __VA_ARGS__), mark_unsafe(e))
static enum sf_err mark_unsafe(struct sf_error *e)
{
	e->is_unsafe_file = true;
	return e->code;
}

/*
 * Check one directory on the path. In the directory of the file itself (is_last) not even a sticky
 * bit excuses write permission: others could put a file or a hard link there under this name.
 */
static enum sf_err check_directory(int fd, bool is_last, const char *path, struct sf_error *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return SF_FAIL(e, SF_E_CONFIG, errno, "cannot examine a directory of %s", path);
	if (!is_trusted(st.st_uid))
		return FAIL_UNSAFE(e, EPERM,
		    "a directory of %s belongs to uid %lu, which is not root or this user", path,
		    (unsigned long)st.st_uid);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (is_last || (st.st_mode & S_ISVTX) == 0))
		return FAIL_UNSAFE(e, 0, "a directory of %s is writable by others", path);
	return SF_OK;
}

/*
 * Check the opened file. A second hard link is refused, because another user can make one to a file
 * that was meant for a different name.
 */
static enum sf_err check_file(int fd, const struct sf_file_params *params, struct sf_error *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return SF_FAIL(e, SF_E_CONFIG, errno, "cannot examine %s", params->path);
	if (!S_ISREG(st.st_mode))
		return SF_FAIL(e, SF_E_CONFIG, 0, "%s is not a regular file", params->path);
	if (params->own_only ? st.st_uid != geteuid() : !is_trusted(st.st_uid))
		return FAIL_UNSAFE(e, EPERM, "%s belongs to uid %lu, which is not %s", params->path,
		    (unsigned long)st.st_uid, params->own_only ? "this user" : "root or this user");
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return FAIL_UNSAFE(e, 0, "%s is writable by others", params->path);
	if (params->owner_only && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return FAIL_UNSAFE(e, 0, "%s is accessible to others", params->path);
	if (st.st_nlink != 1)
		return FAIL_UNSAFE(e, 0, "%s has more than one hard link", params->path);
	if (st.st_size < 0 || (uintmax_t)st.st_size > params->max)
		return SF_FAIL(e, SF_E_CONFIG, EFBIG, "%s is larger than %zu bytes", params->path,
		    params->max);
	return SF_OK;
}

/*
 * Copy the next component of *path into name, and move *path behind it. False at the end of the
 * path, or if the component is too long.
 */
static bool next_component(const char **path, char name[static NAME_MAX + 1])
{
	const char *start = *path + strspn(*path, "/");
	size_t len = strcspn(start, "/");

	*path = start + len;
	if (len == 0 || len > NAME_MAX)
		return false;
	memcpy(name, start, len);
	name[len] = '\0';
	return true;
}

/* Open the component `name` below the directory. A symbolic link is refused, wherever it leads. */
static enum sf_err open_component(int directory, const char *name, bool is_file,
    const struct sf_file_params *params, int *ret_fd, struct sf_error *e)
{
	/* Opening a FIFO without O_NONBLOCK would block, before fstat(2) can refuse it. */
	int flags = is_file ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY;
	int fd;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return SF_FAIL(e, SF_E_CONFIG, EINVAL, "%s contains . or ..", params->path);
	fd = openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return SF_FAIL(e, SF_E_CONFIG, ENOENT, "%s does not exist", params->path);
	if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		return SF_FAIL(e, SF_E_CONFIG, errno,
		    "%s: %s is a symbolic link or not a directory", params->path, name);
	if (fd < 0)
		return SF_FAIL(e, SF_E_CONFIG, errno, "cannot open %s", params->path);
	*ret_fd = fd;
	return SF_OK;
}

/*
 * Open the file component by component, and check every directory on the way. Each directory stays
 * open until the next one is opened below it, so nobody can exchange a checked one.
 */
static enum sf_err open_trusted(
    const struct sf_file_params *params, int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int at = -1;
	char name[NAME_MAX + 1];
	const char *rest = params->path;
	bool is_file = false;
	enum sf_err r;

	at = openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return SF_FAIL(e, SF_E_CONFIG, errno, "cannot open the root directory");
	/* Ends: next_component moves rest forward each time it returns true. */
	while (next_component(&rest, name)) {
		SF_CLEANUP(sf_fd_closep) int next = -1;

		is_file = rest[0] == '\0';
		if (params->check_directories) {
			r = check_directory(at, is_file, params->path, e);
			if (r != SF_OK)
				return r;
		}
		r = open_component(at, name, is_file, params, &next, e);
		if (r != SF_OK)
			return r;
		sf_fd_closep(&at);
		at = SF_TAKE_FD(next);
	}
	if (!is_file)
		return SF_FAIL(e, SF_E_CONFIG, EINVAL, "%s does not name a file", params->path);
	*ret_fd = SF_TAKE_FD(at);
	return SF_OK;
}

/* Open a user's own file, through any symbolic links: only check_file decides. */
static enum sf_err open_own(const struct sf_file_params *params, int *ret_fd, struct sf_error *e)
{
	const int fd = openat(AT_FDCWD, params->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return SF_FAIL(e, SF_E_CONFIG, ENOENT, "%s does not exist", params->path);
	if (fd < 0)
		return SF_FAIL(e, SF_E_CONFIG, errno, "cannot open %s", params->path);
	*ret_fd = fd;
	return SF_OK;
}

enum sf_err sf_file_open(const struct sf_file_params *params, int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	enum sf_err r;

	if (params->path[0] != '/')
		return SF_FAIL(e, SF_E_CONFIG, EINVAL, "%s is not an absolute path", params->path);
	r = params->own_only ? open_own(params, &fd, e) : open_trusted(params, &fd, e);
	if (r == SF_OK)
		r = check_file(fd, params, e);
	if (r != SF_OK)
		return r;
	*ret_fd = SF_TAKE_FD(fd);
	return SF_OK;
}

static void free_textp(char **text)
{
	free(*text);
	*text = NULL;
}

/* Read until the end of fd, at most size bytes. False: see errno. */
static bool read_all(int fd, char *ret, size_t size, size_t *ret_len)
{
	size_t len = 0;

	while (len < size) {
		ssize_t got = read(fd, ret + len, size - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			break;
		len += (size_t)got;
	}
	*ret_len = len;
	return true;
}

enum sf_err sf_file_read(
    const struct sf_file_params *params, char **ret_text, size_t *ret_len, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	SF_CLEANUP(free_textp) char *text = NULL;
	size_t len = 0;
	enum sf_err r = sf_file_open(params, &fd, e);

	if (r != SF_OK)
		return r;
	/* One byte more than the limit: the file may have grown since check_file. */
	text = malloc(params->max + 1);
	if (!text)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for %s", params->path);
	if (!read_all(fd, text, params->max + 1, &len))
		return SF_FAIL(e, SF_E_CONFIG, errno, "cannot read %s", params->path);
	if (len > params->max)
		return SF_FAIL(e, SF_E_CONFIG, EFBIG, "%s is larger than %zu bytes", params->path,
		    params->max);
	if (memchr(text, '\0', len))
		return SF_FAIL(e, SF_E_CONFIG, 0, "%s contains a NUL byte", params->path);
	text[len] = '\0';
	*ret_text = SF_TAKE(text);
	*ret_len = len;
	return SF_OK;
}

bool sf_file_write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t written = write(fd, at, len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written == 0)
			errno = EIO;
		if (written <= 0)
			return false;
		at += written;
		len -= (size_t)written;
	}
	return true;
}
