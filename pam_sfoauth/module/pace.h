/* The limits on sign-ins: how many start each minute, and how many wait at the same time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "phase.h"

/*
 * Count this start and take a waiting place, which phase->throttle holds until sf_phase_closep.
 * Waits for both together at most SF_THROTTLE_WAIT_MAX_MS. deadline_ms is the end of the sign-in.
 *
 * There is no limit after a first factor (a public key that sshd accepted). One PAM handle of a
 * local caller counts once, because sudo calls authenticate three times with the same handle.
 * Fails with RATE, or like sf_watch_wait.
 */
SF_CHECKED enum sf_err sf_pace_enter(
    struct sf_phase *phase, bool is_decoy, int64_t deadline_ms, struct sf_error *e);
