/* Locks in the state directory, taken with flock(2). Does not wait: callers do. */
#include "state_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#include "file.h"
#include "state_dir.h"

#include "banned.h"

static enum sf_err try_lock(const char *home, const char *name, int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int dir = -1;
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	enum sf_err r = sf_state_dir_open(home, &dir, e);

	if (r != SF_OK)
		return r;
	fd = openat(dir, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	if (fd < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot open the lock %s", name);
	/* The file stays: if it were removed, two processes could hold locks on two files. */
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		*ret_fd = SF_TAKE_FD(fd);
	else if (errno == EWOULDBLOCK || errno == EINTR)
		*ret_fd = -1;
	else
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot lock %s", name);
	return SF_OK;
}

enum sf_err sf_state_lock_try(
    const char *home, const char *key, const char *user, int *ret_fd, struct sf_error *e)
{
	char name[SF_STATE_DIR_NAME_SIZE];

	sf_state_dir_name(name, key, user, ".lock");
	return try_lock(home, name, ret_fd, e);
}

enum sf_err sf_state_lock_try_org(const char *home, const char *key, enum sf_state_lock_kind kind,
    int *ret_fd, struct sf_error *e)
{
	static const char *const suffixes[] = {
	    [SF_STATE_LOCK_KEYRING] = ".keyring-lock",
	    [SF_STATE_LOCK_SIGN_IN] = ".sign-in-lock",
	    [SF_STATE_LOCK_CALLBACK] = ".callback-lock",
	};
	char name[SF_STATE_DIR_NAME_SIZE];

	sf_state_dir_name(name, key, /* user= */ "", suffixes[kind]);
	return try_lock(home, name, ret_fd, e);
}
