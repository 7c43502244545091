/*
 * Read files whose owner is trusted: root or the effective uid (the same code runs in production
 * and in tests). Checks use open descriptors, never paths: between a check of a path and its use
 * an attacker could exchange the file. Symbolic links are refused, except with own_only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "attr.h"
#include "err.h"

/* For SF_CLEANUP: closes *fd unless it is negative, sets it to -1, and preserves errno. */
void sf_fd_closep(int *fd);

struct sf_file_params {
	const char *path; /* absolute */
	size_t max;       /* bytes; a larger file is refused, never cut */
	/*
	 * Every directory on the path must have a trusted owner and must not be writable by group
	 * or others. All but the last may be writable if they are sticky, such as /tmp.
	 */
	bool check_directories;
	bool owner_only; /* group and others must have no permission at all (secrets) */
	/*
	 * The effective uid must own the file; root's files are refused as well. Symbolic links are
	 * followed, because people use them for dotfiles. Excludes check_directories.
	 */
	bool own_only;
};

/*
 * Open a file for reading. It must be a regular file with a trusted owner and one hard link, and
 * not writable by group or others. *ret_fd is O_CLOEXEC and belongs to the caller.
 * Fails with CONFIG; detail names the rule. sys is ENOENT if the file does not exist, EPERM if the
 * file or a directory has another owner. is_unsafe_file is set if owner, permissions or links break
 * a rule.
 */
SF_CHECKED enum sf_err sf_file_open(
    const struct sf_file_params *params, int *ret_fd, struct sf_error *e);

/*
 * Open and read a whole file. *ret_text is NUL-terminated, and the caller frees it; *ret_len does
 * not count the NUL. Fails like sf_file_open, with CONFIG if the file contains a NUL byte, and with
 * NOMEM.
 */
SF_CHECKED enum sf_err sf_file_read(
    const struct sf_file_params *params, char **ret_text, size_t *ret_len, struct sf_error *e);

/* Write all bytes, despite short writes and EINTR. False: see errno; some may be written. */
SF_CHECKED bool sf_file_write_all(int fd, const void *bytes, size_t len);
