/*
 * Limits on how many sign-ins start each minute and how many wait at the same time.
 *
 * The counters are in a file that every process of the module maps (owner root, mode 0600, on
 * tmpfs). There is no lock: each counter is one atomic word, so a process that is stopped or killed
 * at any instruction holds nothing that others wait for. This matters because su and sudo keep the
 * caller's real uid, so the caller can stop them.
 *
 * Strangers (remote address, no first factor) share one rate for the host and the waiting places,
 * and each source has its own rate. Accounts of class nobody get at most half of the host's rate
 * and of the places. Local callers have one rate for each uid and nothing else. Nothing is stored
 * per account.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "attr.h"
#include "config.h"
#include "err.h"
#include "parity.h"

#define SF_THROTTLE_SOURCES     2048
#define SF_THROTTLE_WAITING_MAX 1000  /* waiting_max at most */
#define SF_THROTTLE_WAIT_MAX_MS 20000 /* for a start and for a waiting place together */

/* The caller who starts a sign-in. */
struct sf_throttle_caller {
	const char *rhost; /* PAM_RHOST; "": local, then uid is the source */
	uid_t uid;         /* the caller's real uid */
	bool is_decoy;     /* the account is of class nobody */
};

struct sf_throttle_table; /* the mapped file */

struct sf_throttle {
	struct sf_throttle_table *table; /* NULL: not open */
	int place;                       /* index of the waiting place; valid if has_place */
	uint64_t owner;                  /* value of that place's word while it is ours */
	bool has_place;
};

/*
 * Map the file in the directory dir; throttle is zeroed first. Fails with SYSTEM; the caller logs
 * that and continues without limits, so that a broken file locks nobody out.
 */
SF_CHECKED enum sf_err sf_throttle_open(struct sf_throttle *throttle, int dir, struct sf_error *e);
/* Releases the waiting place and unmaps the file. For SF_CLEANUP, also of a zeroed struct. */
void sf_throttle_closep(struct sf_throttle *throttle);

/* What the mapped file remembers of recent sign-ins; NULL: it is not open. */
struct sf_parity *sf_throttle_parity(const struct sf_throttle *throttle);

/*
 * Count a start at now_ms (clock.h). *ret_at_ms is when it may begin, at most
 * SF_THROTTLE_WAIT_MAX_MS later; the caller has to wait until then. Fails with RATE (the wait would
 * be longer); then nothing is counted.
 */
SF_CHECKED enum sf_err sf_throttle_start(struct sf_throttle *throttle, const struct sf_rate *rate,
    const struct sf_throttle_caller *caller, int64_t now_ms, int64_t *ret_at_ms,
    struct sf_error *e);

/*
 * Take one of max waiting places until deadline_ms or sf_throttle_closep. False: all are taken. A
 * place is free if its process has ended or its deadline has passed. Local callers need no place
 * and always get true.
 */
SF_CHECKED bool sf_throttle_enter(struct sf_throttle *throttle, uint32_t max,
    const struct sf_throttle_caller *caller, int64_t now_ms, int64_t deadline_ms);

/*
 * The key of a source: an IPv4 address, the /64 of an IPv6 address (one subscriber usually has all
 * of it), a hash of any other name, or the uid of a local caller. Never 0.
 */
uint64_t sf_throttle_source(const struct sf_throttle_caller *caller);
