/*
 * How many sign-ins may be started: a ring of the last 256 starts (time and source) in a file of
 * root's under flock(2). One over the limit gets a later slot; nothing is kept per account.
 */
#pragma once

#include <stdint.h>

#include "attr.h"
#include "config.h"
#include "err.h"

#define SF_RATE_STARTS      256
#define SF_RATE_WAIT_MAX_MS 20000
#define SF_RATE_SOURCE_SIZE 64

/*
 * Reserve a slot for a start by source (a text of sf_rate_source), seen at now_ms (clock.h), in
 * the file `starts` of the directory dir. *ret_at_ms is when it may begin, at most
 * SF_RATE_WAIT_MAX_MS later; the caller sleeps. Fails with RATE (no slot in time: nothing is
 * recorded) or SYSTEM (no file, no lock).
 */
SF_CHECKED enum sf_err sf_rate_reserve(int dir, const struct sf_rate *limits, const char *source,
    int64_t now_ms, int64_t *ret_at_ms, struct sf_error *e);

/*
 * The text that stands for where a request comes from: rhost, an IPv6 address by its /64 (one
 * subscriber has that many addresses), or, where rhost is "", the local user who asks.
 */
void sf_rate_source(const char *rhost, char ret[static SF_RATE_SOURCE_SIZE]);
