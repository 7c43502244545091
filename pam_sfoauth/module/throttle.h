/*
 * How many sign-ins may be started, and how many may wait at once.
 *
 * Counters live in a file that every process of the module maps (root's, 0600, on tmpfs). There is
 * no lock: each counter is one atomic word, so a process that is stopped or killed at any
 * instruction holds nothing that others wait for. (su and sudo keep the caller's real uid; the
 * caller may stop them.)
 *
 * Strangers (a remote address, no first factor) share one rate for the host, have one for each
 * source, and share the waiting places; accounts that are nobody's take at most half of either.
 * Local callers have a rate for each uid and no share in the rest. Nothing is kept per account.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "attr.h"
#include "config.h"
#include "err.h"

#define SF_THROTTLE_SOURCES     2048
#define SF_THROTTLE_WAITING_MAX 1000  /* waiting_max at most */
#define SF_THROTTLE_WAIT_MAX_MS 20000 /* for a start and for a waiting place together */

/* Who asks. */
struct sf_throttle_caller {
	const char *rhost; /* "": local, then uid counts */
	uid_t uid;         /* the caller's real uid */
	bool is_decoy;     /* the account is nobody's */
};

struct sf_throttle_table; /* the mapped file */

struct sf_throttle {
	struct sf_throttle_table *table; /* NULL: not open */
	int place;                       /* held in the waiting room; meaningful if has_place */
	uint64_t owner;                  /* what marks the place as ours */
	bool has_place;
};

/*
 * Map the file of the directory dir. throttle is zeroed first. Fails with SYSTEM; the
 * caller logs that and goes on: a limit that cannot be read refuses nobody.
 */
SF_CHECKED enum sf_err sf_throttle_open(struct sf_throttle *throttle, int dir, struct sf_error *e);
/* Leaves the waiting place and unmaps; for SF_CLEANUP, also of zeros. */
void sf_throttle_closep(struct sf_throttle *throttle);

/*
 * Count a start at now_ms (clock.h). *ret_at_ms is when it may begin, at most
 * SF_THROTTLE_WAIT_MAX_MS later; the caller waits. Fails with RATE: then nothing is counted.
 */
SF_CHECKED enum sf_err sf_throttle_start(struct sf_throttle *throttle, const struct sf_rate *rate,
    const struct sf_throttle_caller *caller, int64_t now_ms, int64_t *ret_at_ms,
    struct sf_error *e);

/*
 * Take one of max waiting places until deadline_ms, or until sf_throttle_closep: false if all are
 * taken. Places of processes that have ended, or whose deadline is over, are free. Local callers
 * need none and always get true.
 */
SF_CHECKED bool sf_throttle_enter(struct sf_throttle *throttle, uint32_t max,
    const struct sf_throttle_caller *caller, int64_t now_ms, int64_t deadline_ms);

/*
 * What stands for the place that a request comes from: an IPv4 address, the /64 of an IPv6 address
 * (one subscriber has that many), a hash of any other name, or the uid of a local caller. Never 0.
 */
uint64_t sf_throttle_source(const struct sf_throttle_caller *caller);
