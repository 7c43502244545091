/*
 * A record on its way from authenticate to the session: sshd runs authenticate in a child, and
 * only the PAM environment comes back from there. The record is a file in a directory of root's;
 * its name, 32 random hex digits, goes into the PAM environment. The binding is not in the file,
 * where the worker could rewrite it: its owner is whom it is for, its status change time plus
 * SF_HANDOFF_LIFE_S until when. The module never reads a record.
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
#define SF_HANDOFF_SWEEP_MAX 16 /* records that one sign-in clears away */

/* 32 of 0-9 a-f and nothing else. */
bool sf_handoff_is_id(const char *text);

/* A record without a name, write-only: it vanishes with its descriptors. Fails with SYSTEM. */
SF_CHECKED enum sf_err sf_handoff_new(int dir, int *ret_fd, struct sf_error *e);

/* Give the record to uid, and a name. Fails with SYSTEM; then it has no name. */
SF_CHECKED enum sf_err sf_handoff_publish(
    int dir, int fd, uid_t uid, char ret_id[static SF_HANDOFF_ID_SIZE], struct sf_error *e);

/* A record without a name, opened again for reading; -1 if it is empty or cannot be had. */
int sf_handoff_reopen(int fd);

enum sf_handoff_claim {
	SF_HANDOFF_NONE,   /* nothing there that is a record; untouched */
	SF_HANDOFF_TAKEN,  /* it is for uid, and in time */
	SF_HANDOFF_SPOILT, /* a record, but for somebody else, too old, or with a second name */
};

/*
 * Take the record id for uid, at wall clock now_s. Unless NONE, it has lost its name
 * and *ret_fd is its only descriptor, for reading: for sfoauth-keep, or to be revoked.
 */
enum sf_handoff_claim sf_handoff_claim(
    int dir, const char *id, uid_t uid, int64_t now_s, int *ret_fd);

/* Take one record whose time is over, for revocation: *ret_fd for reading. False: no more. */
bool sf_handoff_sweep(int dir, int64_t now_s, int *ret_fd);
