/* What is remembered of real sign-ins, and what a decoy makes of it. */
#include "parity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static struct sf_parity parity;

static void note(int64_t took_ms, enum sf_err outcome, uint32_t flow)
{
	const struct sf_parity_start start = {.took_ms = took_ms, .outcome = outcome, .flow = flow};

	sf_parity_note_start(&parity, &start);
}

static int forget(void **state)
{
	(void)state;
	memset(&parity, 0, sizeof(parity));
	return 0;
}

static void without_a_memory_a_decoy_starts_as_usual(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sf_parity_start start = sf_parity_draw_start(i == 0 ? NULL : &parity);

		assert_int_equal(start.outcome, SF_OK);
		assert_int_equal(start.flow, 0);
		assert_in_range(start.took_ms, 100, 1000);
	}
	sf_parity_note_start(NULL, &(struct sf_parity_start){.took_ms = 1});
	sf_parity_note_refusal(NULL, 5000);
	assert_in_range(sf_parity_refusal_ms(NULL), SF_PARITY_REFUSAL_MS,
	    SF_PARITY_REFUSAL_MS + SF_PARITY_JITTER_MS);
}

static void a_decoy_draws_each_of_the_recent_times(void **state)
{
	bool seen[10] = {false};

	(void)state;
	for (int i = 0; i < 10; i++)
		note(1000 + i, SF_OK, 0);
	for (int i = 0; i < 2000; i++) {
		struct sf_parity_start start = sf_parity_draw_start(&parity);

		assert_in_range(start.took_ms, 1000, 1009);
		seen[start.took_ms - 1000] = true;
	}
	for (int i = 0; i < 10; i++)
		assert_true(seen[i]);
}

static void a_decoy_fails_as_the_latest_start_failed_and_as_fast(void **state)
{
	struct sf_parity_start start;

	(void)state;
	note(500, SF_OK, 0);
	note(90, SF_E_UNAVAILABLE, 0);
	start = sf_parity_draw_start(&parity);
	assert_int_equal(start.outcome, SF_E_UNAVAILABLE);
	assert_int_equal(start.took_ms, 90);
	note(600, SF_OK, 1);
	start = sf_parity_draw_start(&parity);
	assert_int_equal(start.outcome, SF_OK);
	assert_int_equal(start.flow, 1);
	assert_int_equal(start.took_ms, 600);
}

static void old_starts_are_forgotten(void **state)
{
	(void)state;
	note(7, SF_OK, 0);
	for (int i = 0; i < SF_PARITY_KEPT; i++)
		note(300, SF_OK, 0);
	for (int i = 0; i < 500; i++)
		assert_int_equal(sf_parity_draw_start(&parity).took_ms, 300);
}

static void a_refusal_waits_for_the_slowest_recent_one(void **state)
{
	(void)state;
	sf_parity_note_refusal(&parity, 2500);
	/* What is fast does not push out what is slow. */
	for (int i = 0; i < 2 * SF_PARITY_KEPT; i++)
		sf_parity_note_refusal(&parity, 20);
	assert_in_range(sf_parity_refusal_ms(&parity), 2500, 2500 + SF_PARITY_JITTER_MS);
	for (int i = 0; i < SF_PARITY_KEPT; i++)
		sf_parity_note_refusal(&parity, 1500);
	assert_in_range(sf_parity_refusal_ms(&parity), 1500, 1500 + SF_PARITY_JITTER_MS);
}

/* Root's file, but a bad disk or an older layout must not keep people waiting. */
static void nothing_in_the_memory_lasts_longer_than_the_limit(void **state)
{
	struct sf_parity_start start;

	(void)state;
	note(INT64_C(90000000), SF_OK, 0);
	assert_int_equal(sf_parity_draw_start(&parity).took_ms, SF_PARITY_TIME_MAX);
	note(-5, SF_OK, 0);
	memset(&parity, 0xff, sizeof(parity));
	start = sf_parity_draw_start(&parity);
	assert_int_equal(start.outcome, SF_OK);
	assert_in_range(start.took_ms, 0, SF_PARITY_TIME_MAX);
	assert_in_range(sf_parity_refusal_ms(&parity), 0, SF_PARITY_TIME_MAX + SF_PARITY_JITTER_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(without_a_memory_a_decoy_starts_as_usual, forget),
	    cmocka_unit_test_setup(a_decoy_draws_each_of_the_recent_times, forget),
	    cmocka_unit_test_setup(a_decoy_fails_as_the_latest_start_failed_and_as_fast, forget),
	    cmocka_unit_test_setup(old_starts_are_forgotten, forget),
	    cmocka_unit_test_setup(a_refusal_waits_for_the_slowest_recent_one, forget),
	    cmocka_unit_test_setup(nothing_in_the_memory_lasts_longer_than_the_limit, forget),
	};

	return cmocka_run_group_tests_name("parity", tests, NULL, NULL);
}
