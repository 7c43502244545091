/*
 * Reading a file whose owner we trust. A trusted owner is root or the effective uid (the same
 * instruction in production and
 * in tests). Checks are made on open descriptors, never on paths, and no symbolic link is
 * followed in any component, but for own_only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "attr.h"
#include "err.h"

/* Cleanup for descriptors: closes *fd unless it is negative. errno stays. */
void sf_fd_closep(int *fd);

struct sf_file_params {
	const char *path; /* absolute */
	size_t max;       /* bytes; a larger file is refused, not cut */
	/*
	 * Every directory above: trusted owner; not writable by group or others (an ancestor may
	 * be, if sticky).
	 */
	bool check_directories;
	bool owner_only; /* refuse any permission for group and others (secrets) */
	/*
	 * The file must be the effective uid's: not even root's will do. Links on the way are
	 * followed: homes and dotfiles are full of them. Not together with check_directories.
	 */
	bool own_only;
};

/*
 * Open for reading with all checks: a regular file, trusted owner, not writable by group or
 * others, one hard link.
 * *ret_fd is O_CLOEXEC and the caller's. Fails with CONFIG (says which rule): with sys ENOENT
 * where the file does not exist, with sys EPERM where it or a directory is somebody else's;
 * is_unsafe_file is set where owner, permissions or links are what is wrong.
 */
SF_CHECKED enum sf_err sf_file_open(
    const struct sf_file_params *params, int *ret_fd, struct sf_error *e);

/*
 * Open and read whole. *ret_text is NUL-terminated, *ret_len does not count the NUL; the caller
 * frees it. A NUL inside refuses.
 */
SF_CHECKED enum sf_err sf_file_read(
    const struct sf_file_params *params, char **ret_text, size_t *ret_len, struct sf_error *e);

/* Write all, through short writes and EINTR. False with errno. */
SF_CHECKED bool sf_file_write_all(int fd, const void *bytes, size_t len);
