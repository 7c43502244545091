/*
 * Time. A deadline (deadline_ms) is an absolute time in milliseconds of CLOCK_BOOTTIME, so that it
 * means the same in every process of this machine, and continues while the machine is suspended.
 * Changes of the wall clock do not affect it.
 */
#pragma once

#include <stdint.h>

int64_t sf_clock_now_ms(void); /* since boot */
/* Milliseconds until deadline_ms, for poll(2): 0 if it has passed, at most INT32_MAX. */
int sf_clock_left_ms(int64_t deadline_ms);
/* The earlier of deadline_ms and now + ms. ms is not negative. */
int64_t sf_clock_within_ms(int64_t deadline_ms, int64_t ms);
/* Sleep until deadline_ms. Signals do not end the sleep. */
void sf_clock_sleep_until(int64_t deadline_ms);
/* Wall clock: seconds since the epoch, for the expiry of tokens. */
int64_t sf_clock_wall_s(void);
