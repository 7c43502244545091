/*
 * Opens the module's directories below /run, and creates them if they are missing. Each check is on
 * an open descriptor, so nobody can exchange a directory between check and use.
 */
#include "rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "file.h"

#include "banned.h"

/* Check owner and mode: write access to a directory allows to replace what is in it. */
static enum sf_err check_directory(int fd, const char *name, mode_t forbidden, struct sf_error *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot %s directory %s", "stat", name);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return SF_FAIL(e, SF_E_SYSTEM, 0, "directory %s belongs to uid %u, not to root",
		    name, (unsigned)st.st_uid);
	if (st.st_mode & forbidden)
		return SF_FAIL(e, SF_E_SYSTEM, 0, "directory %s has mode %04o, forbidden is %04o",
		    name, (unsigned)(st.st_mode & 07777), (unsigned)forbidden);
	return SF_OK;
}

/*
 * Open name below parent. If it is missing, create it with this mode; fchmod sets the mode again,
 * because the host's umask clears bits and must not be changed by a module.
 */
static enum sf_err open_below(
    int parent, const char *name, mode_t mode, int *ret_fd, struct sf_error *e)
{
	bool is_new = mkdirat(parent, name, mode) == 0;
	SF_CLEANUP(sf_fd_closep) int fd = -1;

	if (!is_new && errno != EEXIST)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot %s directory %s", "create", name);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot %s directory %s", "open", name);
	if (is_new && fchmod(fd, mode) != 0)
		return SF_FAIL(
		    e, SF_E_SYSTEM, errno, "cannot %s directory %s", "set the mode of", name);
	*ret_fd = SF_TAKE_FD(fd);
	return SF_OK;
}

enum sf_err sf_rundir_open(const struct sf_rundir_params *params, int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep)
	int parent =
	    openat(AT_FDCWD, params->parent, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	SF_CLEANUP(sf_fd_closep) int ours = -1;
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	enum sf_err r;
	struct statfs fs;

	if (parent < 0)
		return SF_FAIL(
		    e, SF_E_SYSTEM, errno, "cannot %s directory %s", "open", params->parent);
	r = check_directory(parent, params->parent, /* forbidden= */ 022, e);
	if (r == SF_OK)
		r = open_below(parent, "sfoauth", 0755, &ours, e);
	if (r == SF_OK)
		r = check_directory(ours, "sfoauth", /* forbidden= */ 022, e);
	if (r == SF_OK)
		r = open_below(ours, params->name, 0700, &fd, e);
	if (r == SF_OK)
		r = check_directory(fd, params->name, /* forbidden= */ 077, e);
	if (r != SF_OK)
		return r;
	if (params->in_memory &&
	    (fstatfs(fd, &fs) != 0 || (fs.f_type != TMPFS_MAGIC && fs.f_type != RAMFS_MAGIC)))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "directory %s is not on tmpfs", params->name);
	*ret_fd = SF_TAKE_FD(fd);
	return SF_OK;
}
