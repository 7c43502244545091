/* What a sign-in waits for before it begins: its turn, and a waiting place. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "phase.h"

/*
 * Count this start and take a waiting place, which phase->throttle holds until sf_phase_closep;
 * wait for both, at most SF_THROTTLE_WAIT_MAX_MS. After a first factor (a key that sshd accepted)
 * there is no limit. One PAM handle of a local caller counts once: sudo asks three times with it.
 * deadline_ms is the end of the sign-in. Fails with RATE, or as sf_watch_wait.
 */
SF_CHECKED enum sf_err sf_pace_enter(
    struct sf_phase *phase, bool is_decoy, int64_t deadline_ms, struct sf_error *e);
