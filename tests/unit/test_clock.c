/* Deadlines and sleeps on the boot clock, and the wall clock in seconds. */
#include "clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "attr.h"

#include "banned.h"

static void now_is_the_boot_clock_in_milliseconds(void **state)
{
	struct timespec boot;
	int64_t before = sf_clock_now_ms(), between_ms;

	(void)state;
	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &boot), 0);
	between_ms = (int64_t)boot.tv_sec * 1000 + boot.tv_nsec / 1000000;
	assert_true(before > 0);
	assert_true(before <= between_ms);
	assert_true(between_ms <= sf_clock_now_ms());
}

static void what_is_left_is_never_negative_and_fits_poll(void **state)
{
	int left_ms;

	(void)state;
	assert_int_equal(sf_clock_left_ms(sf_clock_now_ms() - 1), 0);
	assert_int_equal(sf_clock_left_ms(0), 0);
	assert_int_equal(sf_clock_left_ms(INT64_MIN), 0);
	assert_int_equal(sf_clock_left_ms(INT64_MAX), INT32_MAX);
	left_ms = sf_clock_left_ms(sf_clock_now_ms() + 60000);
	assert_in_range(left_ms, 50000, 60000);
}

static void the_earlier_of_two_limits_counts(void **state)
{
	int64_t now_ms = sf_clock_now_ms(), within_ms;

	(void)state;
	assert_int_equal(sf_clock_within_ms(now_ms + 10, 60000), now_ms + 10);
	within_ms = sf_clock_within_ms(now_ms + 100000, 1000);
	assert_in_range(within_ms, now_ms + 1000, now_ms + 11000);
	assert_int_equal(sf_clock_within_ms(now_ms + 5, INT64_MAX), now_ms + 5);
	assert_true(sf_clock_within_ms(INT64_MAX, INT64_MAX) == INT64_MAX);
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

static void sleeping_goes_on_through_signals(void **state)
{
	struct sigaction action, old;
	const struct itimerspec every = {
	    .it_interval = {.tv_nsec = 5000000}, .it_value = {.tv_nsec = 5000000}};
	int64_t deadline_ms;
	timer_t timer;

	(void)state;
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_alarm;
	assert_int_equal(sigaction(SIGALRM, &action, &old), 0);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, NULL, &timer), 0);
	assert_int_equal(timer_settime(timer, 0, &every, NULL), 0);
	deadline_ms = sf_clock_now_ms() + 40;
	sf_clock_sleep_until(deadline_ms);
	assert_true(sf_clock_now_ms() >= deadline_ms);
	assert_int_equal(timer_delete(timer), 0);
	assert_int_equal(sigaction(SIGALRM, &old, NULL), 0);
}

static void a_deadline_that_is_over_does_not_sleep(void **state)
{
	int64_t start_ms = sf_clock_now_ms();

	(void)state;
	sf_clock_sleep_until(start_ms - 1000);
	sf_clock_sleep_until(0);
	sf_clock_sleep_until(-5);
	assert_true(sf_clock_now_ms() - start_ms < 5000);
}

static void the_wall_clock_counts_seconds_since_the_epoch(void **state)
{
	int64_t before_s = (int64_t)time(NULL);
	int64_t now_s = sf_clock_wall_s();

	(void)state;
	/* time(2) may lag behind by one tick of the kernel's clock. */
	assert_in_range(now_s, before_s, before_s + 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(now_is_the_boot_clock_in_milliseconds),
	    cmocka_unit_test(what_is_left_is_never_negative_and_fits_poll),
	    cmocka_unit_test(the_earlier_of_two_limits_counts),
	    cmocka_unit_test(sleeping_goes_on_through_signals),
	    cmocka_unit_test(a_deadline_that_is_over_does_not_sleep),
	    cmocka_unit_test(the_wall_clock_counts_seconds_since_the_epoch),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
