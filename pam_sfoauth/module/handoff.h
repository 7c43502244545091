/*
 * The hand-off: a record goes from authenticate to the session. sshd runs authenticate in a child
 * process, and only the PAM environment comes back from it. So the record is a file in a directory
 * of root, and its name, 32 random hex digits, is in the PAM environment.
 *
 * The inode binds the record, because the worker could rewrite the content: the file's owner is the
 * user it is for, and it is valid for SF_HANDOFF_LIFE_S after its status change time. The module
 * never reads a record.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "attr.h"
#include "err.h"

#define SF_HANDOFF_VARIABLE  "SFOAUTH_HANDOFF" /* of the PAM environment */
#define SF_HANDOFF_ID_SIZE   33
#define SF_HANDOFF_LIFE_S    120
#define SF_HANDOFF_SWEEP_MAX 16 /* records that one sign-in revokes */

/* Is text 32 characters of 0-9 a-f? Anything else could be a path into another directory. */
bool sf_handoff_is_id(const char *text);

/*
 * Create a record without a name in the directory dir: *ret_fd is write-only and the caller's. The
 * file is gone when its last descriptor is closed. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_handoff_new(int dir, int *ret_fd, struct sf_error *e);

/*
 * Change the record's owner to uid and give it a random name, ret_id. Fails with SYSTEM; then it
 * has no name.
 */
SF_CHECKED enum sf_err sf_handoff_publish(
    int dir, int fd, uid_t uid, char ret_id[static SF_HANDOFF_ID_SIZE], struct sf_error *e);

/* Open a record without a name again, for reading; -1 if it is empty or cannot be opened. */
int sf_handoff_reopen(int fd);

enum sf_handoff_claim {
	SF_HANDOFF_NONE,   /* there is no such record; nothing was changed */
	SF_HANDOFF_TAKEN,  /* the record is for uid, and in time */
	SF_HANDOFF_SPOILT, /* it has another owner, is too old, or has a second name */
};

/*
 * Claim the record id for uid at wall clock now_s. Unless the result is NONE, the record has lost
 * its name and *ret_fd, the caller's, is its only descriptor, for reading. Give a TAKEN record to
 * sfoauth-keep; revoke a SPOILT one.
 */
enum sf_handoff_claim sf_handoff_claim(
    int dir, const char *id, uid_t uid, int64_t now_s, int *ret_fd);

/*
 * Take one record that is too old, so that the caller revokes it: *ret_fd is the caller's, for
 * reading. False: there is none left.
 */
bool sf_handoff_sweep(int dir, int64_t now_s, int *ret_fd);
