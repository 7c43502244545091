/* Waiting places over a real mapped file, also of processes that have died. */
#include "throttle.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "file.h"
#include "throttle_place.h"

#include "banned.h"

static bool enter(
    struct sf_throttle *limits, const struct place *place, bool is_decoy, int64_t now_ms)
{
	const struct sf_throttle_caller caller = {.rhost = "198.51.100.7", .is_decoy = is_decoy};
	struct sf_error e;

	assert_int_equal(sf_throttle_open(limits, place->dir, &e), SF_OK);
	return sf_throttle_enter(limits, /* max= */ 4, &caller, now_ms, now_ms + 240000);
}

static void waiting_places_are_counted_and_left(void **state)
{
	struct place place = make_place();
	struct sf_throttle held[5] = {0}, more = {0};

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_true(enter(&held[i], &place, /* is_decoy= */ false, NOW));
	assert_false(enter(&held[4], &place, false, NOW));
	sf_throttle_closep(&held[2]);
	assert_true(enter(&more, &place, false, NOW));
	sf_throttle_closep(&more);
	for (size_t i = 0; i < 5; i++)
		sf_throttle_closep(&held[i]);
	remove_place(&place);
}

static void unknown_accounts_wait_in_half_of_the_places(void **state)
{
	struct place place = make_place();
	struct sf_throttle decoys[3] = {0}, real[2] = {0};

	(void)state;
	assert_true(enter(&decoys[0], &place, true, NOW));
	assert_true(enter(&decoys[1], &place, true, NOW));
	assert_false(enter(&decoys[2], &place, true, NOW));
	assert_true(enter(&real[0], &place, false, NOW));
	assert_true(enter(&real[1], &place, false, NOW));
	for (int i = 0; i < 3; i++)
		sf_throttle_closep(&decoys[i]);
	for (int i = 0; i < 2; i++)
		sf_throttle_closep(&real[i]);
	remove_place(&place);
}

static void a_place_whose_process_has_died_or_whose_time_is_over_is_free(void **state)
{
	struct place place = make_place();
	struct sf_throttle held[5] = {0}, again = {0}, late[4] = {0};

	(void)state;
	for (int i = 0; i < 4; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			_exit(enter(&held[i], &place, false, NOW) ? 0 : 1);
		int status = -1;

		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
	for (int i = 0; i < 4; i++)
		assert_true(enter(&held[i], &place, false, NOW));
	assert_false(enter(&again, &place, false, NOW + 239000));
	sf_throttle_closep(&again);
	assert_true(enter(&again, &place, false, NOW + 242000));
	for (int i = 1; i < 4; i++)
		assert_true(enter(&late[i], &place, false, NOW + 242000));
	/* Whoever comes back late does not take the place from the one who has it now. */
	for (int i = 0; i < 4; i++)
		sf_throttle_closep(&held[i]);
	assert_false(enter(&late[0], &place, false, NOW + 242000));
	for (int i = 0; i < 4; i++)
		sf_throttle_closep(&late[i]);
	sf_throttle_closep(&again);
	remove_place(&place);
}

static void a_local_caller_needs_no_place(void **state)
{
	const struct sf_throttle_caller local = {.rhost = "", .uid = 1000};
	struct place place = make_place();
	struct sf_throttle held[4] = {0}, mine = {0};
	struct sf_error e;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_true(enter(&held[i], &place, false, NOW));
	assert_int_equal(sf_throttle_open(&mine, place.dir, &e), SF_OK);
	assert_true(sf_throttle_enter(&mine, 4, &local, NOW, NOW + 240000));
	sf_throttle_closep(&mine);
	for (int i = 0; i < 4; i++)
		sf_throttle_closep(&held[i]);
	remove_place(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(waiting_places_are_counted_and_left),
	    cmocka_unit_test(unknown_accounts_wait_in_half_of_the_places),
	    cmocka_unit_test(a_place_whose_process_has_died_or_whose_time_is_over_is_free),
	    cmocka_unit_test(a_local_caller_needs_no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
