/* Deadlines, and the wall clock. Nothing here sets a timer or uses signals. */
#include "clock.h"

#include <errno.h>
#include <time.h>

#include "banned.h"

int64_t sf_clock_now_ms(void)
{
	struct timespec now = {0};

	/* Cannot fail: the clock exists since Linux 2.6.39 and the pointer is valid. */
	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int sf_clock_left_ms(int64_t deadline_ms)
{
	int64_t now_ms = sf_clock_now_ms();

	if (deadline_ms <= now_ms)
		return 0;
	/* An int of milliseconds reaches 24 days; callers wait again until the deadline. */
	return deadline_ms - now_ms > INT32_MAX ? INT32_MAX : (int)(deadline_ms - now_ms);
}

int64_t sf_clock_within_ms(int64_t deadline_ms, int64_t ms)
{
	int64_t now_ms = sf_clock_now_ms();

	/* now + ms would overflow, or lies past the deadline. */
	if (ms > INT64_MAX - now_ms || now_ms + ms > deadline_ms)
		return deadline_ms;
	return now_ms + ms;
}

void sf_clock_sleep_until(int64_t deadline_ms)
{
	struct timespec until;

	if (deadline_ms <= 0)
		return;
	until = (struct timespec){
	    .tv_sec = (time_t)(deadline_ms / 1000),
	    .tv_nsec = (long)(deadline_ms % 1000) * 1000000,
	};
	/* The time is absolute: sleeping again after a signal does not make the wait longer. */
	while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

int64_t sf_clock_wall_s(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec;
}
