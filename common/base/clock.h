/*
 * One absolute deadline for everything: CLOCK_BOOTTIME in milliseconds, so that it means the
 * same in every process of this
 * machine and runs on while it sleeps.
 */
#pragma once

#include <stdint.h>

int64_t sf_clock_now_ms(void);
/* What is left of deadline_ms, 0 if nothing, at most INT32_MAX: fits poll(2). */
int sf_clock_left_ms(int64_t deadline_ms);
/* The earlier of deadline_ms and now + ms. */
int64_t sf_clock_within_ms(int64_t deadline_ms, int64_t ms);
/* Sleep until deadline_ms, through signals. */
void sf_clock_sleep_until(int64_t deadline_ms);
/* Wall clock: seconds since the epoch, for token expiry. */
int64_t sf_clock_wall_s(void);
