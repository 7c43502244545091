/* Rates over a real mapped file, also with processes that stop. */
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

static const struct sf_rate rate = {.per_min = 30, .source_per_min = 6};

static const struct sf_throttle_caller *stranger(const char *rhost)
{
	static struct sf_throttle_caller caller;

	caller = (struct sf_throttle_caller){.rhost = rhost};
	return &caller;
}

/* When a start of caller, seen at now_ms, may begin; -1: refused. Each call is a process's own. */
static int64_t start(
    const struct place *place, const struct sf_throttle_caller *caller, int64_t now_ms)
{
	SF_CLEANUP(sf_throttle_closep) struct sf_throttle limits = {0};
	struct sf_error e;
	int64_t at_ms = 0;
	enum sf_err r;

	assert_int_equal(sf_throttle_open(&limits, place->dir, &e), SF_OK);
	r = sf_throttle_start(&limits, &rate, caller, now_ms, &at_ms, &e);
	if (r == SF_E_RATE)
		return -1;
	assert_int_equal(r, SF_OK);
	return at_ms;
}

static void below_the_limit_nobody_waits(void **state)
{
	struct place place = make_place();

	(void)state;
	for (int i = 0; i < 6; i++)
		assert_int_equal(start(&place, stranger("198.51.100.7"), NOW + i), NOW + i);
	remove_place(&place);
}

static void one_over_the_limit_of_its_source_waits_and_others_do_not(void **state)
{
	struct place place = make_place();

	(void)state;
	for (int i = 0; i < 6; i++)
		(void)start(&place, stranger("198.51.100.7"), NOW);
	/* One each ten seconds from here on: two fit into the twenty that anybody waits. */
	assert_int_equal(start(&place, stranger("198.51.100.7"), NOW), NOW + 10000);
	assert_int_equal(start(&place, stranger("198.51.100.7"), NOW), NOW + 20000);
	assert_int_equal(start(&place, stranger("198.51.100.7"), NOW), -1);
	assert_int_equal(start(&place, stranger("198.51.100.8"), NOW), NOW);
	/* After a minute without starts all six are there again. */
	for (int i = 0; i < 6; i++)
		assert_int_equal(start(&place, stranger("198.51.100.7"), NOW + 80000), NOW + 80000);
	remove_place(&place);
}

static void a_refused_start_counts_nowhere(void **state)
{
	struct place place = make_place();
	char source[32];

	(void)state;
	for (int i = 0; i < 8; i++)
		(void)start(&place, stranger("198.51.100.7"), NOW);
	for (int i = 0; i < 300; i++)
		assert_int_equal(start(&place, stranger("198.51.100.7"), NOW), -1);
	assert_int_equal(start(&place, stranger("198.51.100.7"), NOW + 10000), NOW + 30000);
	/* The host's rate has counted nine, and the twenty-one that are left are there. */
	for (int i = 0; i < 21; i++) {
		assert_true(snprintf(source, sizeof(source), "192.0.2.%d", i) > 0);
		assert_int_equal(start(&place, stranger(source), NOW + 10000), NOW + 10000);
	}
	remove_place(&place);
}

static void the_host_has_a_limit_over_all_strangers(void **state)
{
	struct place place = make_place();
	char source[32];

	(void)state;
	for (int i = 0; i < 40; i++) {
		assert_true(snprintf(source, sizeof(source), "198.51.100.%d", i) > 0);
		/* Thirty at once, then one each two seconds, ten of which fit into the wait. */
		assert_int_equal(
		    start(&place, stranger(source), NOW), i < 30 ? NOW : NOW + 2000 * (i - 29));
	}
	assert_int_equal(start(&place, stranger("203.0.113.1"), NOW), -1);
	/* What was counted for a source before the host's rate refused is given back. */
	for (int i = 0; i < 100; i++)
		assert_int_equal(start(&place, stranger("203.0.113.1"), NOW), -1);
	for (int i = 0; i < 6; i++)
		assert_int_equal(start(&place, stranger("203.0.113.1"), NOW + 40000), NOW + 40000);
	remove_place(&place);
}

static void forty_people_one_a_second_do_not_wait(void **state)
{
	struct place place = make_place();
	char source[32];

	(void)state;
	for (int i = 0; i < 40; i++) {
		assert_true(snprintf(source, sizeof(source), "198.51.100.%d", i) > 0);
		assert_int_equal(start(&place, stranger(source), NOW + 1000 * i), NOW + 1000 * i);
	}
	remove_place(&place);
}

static void unknown_accounts_take_at_most_half(void **state)
{
	struct place place = make_place();
	char source[32];
	int started = 0;

	(void)state;
	for (int i = 0; i < 60; i++) {
		assert_true(snprintf(source, sizeof(source), "198.51.100.%d", i) > 0);
		const struct sf_throttle_caller decoy = {.rhost = source, .is_decoy = true};

		started += start(&place, &decoy, NOW) == NOW;
	}
	assert_int_equal(started, 15);
	for (int i = 100; i < 110; i++) {
		assert_true(snprintf(source, sizeof(source), "198.51.100.%d", i) > 0);
		assert_int_equal(start(&place, stranger(source), NOW), NOW);
	}
	remove_place(&place);
}

static void local_callers_have_a_rate_for_each_uid_and_no_share_in_the_rest(void **state)
{
	const struct sf_throttle_caller ada = {.rhost = "", .uid = 1000},
					kim = {.rhost = "", .uid = 1001};
	struct place place = make_place();
	char source[32];

	(void)state;
	for (int i = 0; i < 60; i++) {
		assert_true(snprintf(source, sizeof(source), "198.51.100.%d", i) > 0);
		(void)start(&place, stranger(source), NOW);
	}
	assert_int_equal(start(&place, stranger("203.0.113.1"), NOW), -1);
	for (int i = 0; i < 6; i++)
		assert_int_equal(start(&place, &ada, NOW), NOW);
	assert_int_equal(start(&place, &ada, NOW), NOW + 10000);
	assert_int_equal(start(&place, &kim, NOW), NOW);
	remove_place(&place);
}

static void a_table_that_is_full_forgets_the_source_that_was_quiet_longest(void **state)
{
	struct place place = make_place();
	char source[64];

	(void)state;
	for (int i = 0; i < 6; i++)
		(void)start(&place, stranger("198.51.100.7"), NOW);
	/* Ten times as many sources as there are places, an hour later. */
	for (unsigned i = 0; i < 10 * SF_THROTTLE_SOURCES; i++) {
		assert_true(snprintf(source, sizeof(source), "2001:db8:%x:%x::1", i / 65536,
				i % 65536) > 0);
		(void)start(&place, stranger(source), NOW + 3600000 + i * 2000);
	}
	assert_int_equal(
	    start(&place, stranger(source), NOW + 3600000 + 10 * SF_THROTTLE_SOURCES * 2000),
	    NOW + 3600000 + 10 * SF_THROTTLE_SOURCES * 2000);
	remove_place(&place);
}

/* A process that is stopped in the middle of a start holds nothing. */
static void a_stopped_process_stops_nobody(void **state)
{
	struct place place = make_place();

	(void)state;
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			SF_CLEANUP(sf_throttle_closep) struct sf_throttle limits = {0};
			struct sf_error e;
			int64_t at_ms;

			while (sf_throttle_open(&limits, place.dir, &e) == SF_OK) {
				if (sf_throttle_start(&limits, &rate, stranger("203.0.113.9"), NOW,
					&at_ms, &e) == SF_E_BUG)
					_exit(2);
				sf_throttle_closep(&limits);
			}
			_exit(1);
		}
		(void)usleep((useconds_t)(500 + 137 * i));
		assert_int_equal(kill(child, SIGSTOP), 0);
		assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
		assert_int_equal(start(&place, stranger("198.51.100.7"), NOW + 60000 * (i + 1)),
		    NOW + 60000 * (i + 1));
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
	}
	remove_place(&place);
}

static void a_damaged_file_refuses_nobody_for_long(void **state)
{
	struct place place = make_place();
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	char rubbish[4096];

	(void)state;
	(void)start(&place, stranger("198.51.100.7"), NOW);
	fd = openat(place.dir, FILE_NAME, O_WRONLY | O_CLOEXEC);
	memset(rubbish, 0x7f, sizeof(rubbish));
	for (int i = 0; i < 12; i++)
		assert_int_equal(pwrite(fd, rubbish, sizeof(rubbish), i * (off_t)sizeof(rubbish)),
		    sizeof(rubbish));
	assert_int_equal(start(&place, stranger("198.51.100.7"), NOW), NOW);
	remove_place(&place);
}

static void a_file_that_others_may_write_is_not_used(void **state)
{
	struct place place = make_place();
	struct sf_throttle limits;
	struct sf_error e;

	(void)state;
	(void)start(&place, stranger("198.51.100.7"), NOW);
	assert_int_equal(fchmodat(place.dir, FILE_NAME, 0644, 0), 0);
	assert_int_equal(sf_throttle_open(&limits, place.dir, &e), SF_E_SYSTEM);
	assert_int_equal(unlinkat(place.dir, FILE_NAME, 0), 0);
	assert_int_equal(symlinkat("/dev/null", place.dir, FILE_NAME), 0);
	assert_int_equal(sf_throttle_open(&limits, place.dir, &e), SF_E_SYSTEM);
	sf_throttle_closep(&limits);
	remove_place(&place);
}

static void a_subscriber_s_ipv6_addresses_are_one_source(void **state)
{
	static const struct {
		struct sf_throttle_caller a, b;
		bool is_same;
	} rows[] = {
	    {{.rhost = "2001:db8:1:2::1"}, {.rhost = "2001:db8:1:2:ffff::9"}, true},
	    {{.rhost = "2001:db8:1:2::1"}, {.rhost = "2001:db8:1:3::1"}, false},
	    {{.rhost = "::ffff:198.51.100.7"}, {.rhost = "198.51.100.7"}, true},
	    {{.rhost = "198.51.100.7"}, {.rhost = "198.51.100.8"}, false},
	    {{.rhost = "host.example"}, {.rhost = "host.example"}, true},
	    {{.rhost = "host.example"}, {.rhost = "other.example"}, false},
	    {{.rhost = "", .uid = 7}, {.rhost = "0.0.0.7"}, false},
	    {{.rhost = "", .uid = 7}, {.rhost = "", .uid = 8}, false},
	    {{.rhost = "::1"}, {.rhost = "127.0.0.1"}, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t a = sf_throttle_source(&rows[i].a), b = sf_throttle_source(&rows[i].b);

		assert_true(a != 0 && b != 0);
		if ((a == b) != rows[i].is_same)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(below_the_limit_nobody_waits),
	    cmocka_unit_test(one_over_the_limit_of_its_source_waits_and_others_do_not),
	    cmocka_unit_test(a_refused_start_counts_nowhere),
	    cmocka_unit_test(the_host_has_a_limit_over_all_strangers),
	    cmocka_unit_test(forty_people_one_a_second_do_not_wait),
	    cmocka_unit_test(unknown_accounts_take_at_most_half),
	    cmocka_unit_test(local_callers_have_a_rate_for_each_uid_and_no_share_in_the_rest),
	    cmocka_unit_test(a_table_that_is_full_forgets_the_source_that_was_quiet_longest),
	    cmocka_unit_test(a_stopped_process_stops_nobody),
	    cmocka_unit_test(a_damaged_file_refuses_nobody_for_long),
	    cmocka_unit_test(a_file_that_others_may_write_is_not_used),
	    cmocka_unit_test(a_subscriber_s_ipv6_addresses_are_one_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
