#include "rate.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "file.h"

#include "banned.h"

#define NOW 1000000 /* any time of the clock */

static const struct sf_rate limits = {.per_min = 30, .source_per_min = 6};

struct place {
	char path[64];
	int dir;
};

static struct place make_place(void)
{
	struct place place = {.path = "/tmp/sf-test-rate-XXXXXX"};

	assert_non_null(mkdtemp(place.path));
	place.dir = open(place.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(place.dir >= 0);
	return place;
}

static void remove_place(struct place *place)
{
	(void)unlinkat(place->dir, "starts", 0);
	close(place->dir);
	assert_int_equal(rmdir(place->path), 0);
}

/* When a start by source, seen at now_ms, may begin; -1: refused. */
static int64_t reserve(const struct place *place, const char *source, int64_t now_ms)
{
	struct sf_error e;
	int64_t at_ms = 0;
	enum sf_err r = sf_rate_reserve(place->dir, &limits, source, now_ms, &at_ms, &e);

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
		assert_int_equal(reserve(&place, "198.51.100.7", NOW + i), NOW + i);
	remove_place(&place);
}

static void one_over_the_limit_of_its_source_is_refused_and_others_are_not(void **state)
{
	struct place place = make_place();

	(void)state;
	for (int i = 0; i < 6; i++)
		(void)reserve(&place, "198.51.100.7", NOW);
	assert_int_equal(reserve(&place, "198.51.100.7", NOW + 100), -1);
	assert_int_equal(reserve(&place, "198.51.100.8", NOW + 100), NOW + 100);
	remove_place(&place);
}

static void a_slot_within_20_seconds_is_waited_for(void **state)
{
	struct place place = make_place();

	(void)state;
	for (int i = 0; i < 6; i++)
		(void)reserve(&place, "a", NOW + i * 1000);
	assert_int_equal(reserve(&place, "a", NOW + 39999), -1);
	assert_int_equal(reserve(&place, "a", NOW + 40000), NOW + 60000);
	/* That slot is taken: the next one is a second later. */
	assert_int_equal(reserve(&place, "a", NOW + 41000), NOW + 61000);
	remove_place(&place);
}

static void the_host_has_a_limit_over_all_sources(void **state)
{
	struct place place = make_place();

	(void)state;
	for (int i = 0; i < 30; i++) {
		char source[] = {(char)('A' + i), '\0'};

		assert_int_equal(reserve(&place, source, NOW), NOW);
	}
	assert_int_equal(reserve(&place, "new", NOW + 1), -1);
	assert_int_equal(reserve(&place, "new", NOW + 60000), NOW + 60000);
	remove_place(&place);
}

static void a_refused_start_takes_no_slot(void **state)
{
	struct place place = make_place();

	(void)state;
	for (int i = 0; i < 6; i++)
		(void)reserve(&place, "a", NOW);
	for (int i = 0; i < 300; i++)
		assert_int_equal(reserve(&place, "a", NOW + 1), -1);
	assert_int_equal(reserve(&place, "a", NOW + 60000), NOW + 60000);
	remove_place(&place);
}

static void sources_that_begin_alike_are_told_apart(void **state)
{
	struct place place = make_place();

	(void)state;
	for (int i = 0; i < 6; i++)
		(void)reserve(&place, "198.51.100.71", NOW);
	assert_int_equal(reserve(&place, "198.51.100.7", NOW), NOW);
	assert_int_equal(reserve(&place, "198.51.100.71", NOW), -1);
	remove_place(&place);
}

static void a_source_of_any_length_is_counted(void **state)
{
	struct place place = make_place();
	char name[256], other[256], source[SF_RATE_SOURCE_SIZE];

	(void)state;
	/* No shorter than what DNS has, and alike but for the last label. */
	memset(name, 'a', sizeof(name));
	memcpy(name + sizeof(name) - sizeof(".example"), ".example", sizeof(".example"));
	memcpy(other, name, sizeof(other));
	other[sizeof(other) - 2] = 'x';
	sf_rate_source(name, source);
	for (int i = 0; i < 6; i++)
		assert_int_equal(reserve(&place, source, NOW), NOW);
	assert_int_equal(reserve(&place, source, NOW), -1);
	sf_rate_source(other, source);
	assert_int_equal(reserve(&place, source, NOW), NOW);
	remove_place(&place);
}

static void a_source_that_does_not_fit_is_refused(void **state)
{
	struct place place = make_place();
	struct sf_error e;
	int64_t at_ms;
	char source[SF_RATE_SOURCE_SIZE + 1];

	(void)state;
	memset(source, 'a', sizeof(source));
	source[SF_RATE_SOURCE_SIZE] = '\0';
	assert_int_equal(sf_rate_reserve(place.dir, &limits, source, NOW, &at_ms, &e), SF_E_BUG);
	remove_place(&place);
}

static void a_damaged_file_starts_afresh(void **state)
{
	struct place place = make_place();
	SF_CLEANUP(sf_fd_closep) int fd = -1;

	(void)state;
	for (int i = 0; i < 6; i++)
		(void)reserve(&place, "a", NOW);
	fd = openat(place.dir, "starts", O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "rubbish!", 8, 0), 8);
	assert_int_equal(reserve(&place, "a", NOW), NOW);
	remove_place(&place);
}

static void a_file_that_others_may_read_is_refused(void **state)
{
	struct place place = make_place();
	struct sf_error e;
	int64_t at_ms;

	(void)state;
	(void)reserve(&place, "a", NOW);
	assert_int_equal(fchmodat(place.dir, "starts", 0644, 0), 0);
	assert_int_equal(sf_rate_reserve(place.dir, &limits, "a", NOW, &at_ms, &e), SF_E_SYSTEM);
	assert_int_equal(unlinkat(place.dir, "starts", 0), 0);
	assert_int_equal(symlinkat("/dev/null", place.dir, "starts"), 0);
	assert_int_equal(sf_rate_reserve(place.dir, &limits, "a", NOW, &at_ms, &e), SF_E_SYSTEM);
	remove_place(&place);
}

static void a_lock_that_is_never_released_is_not_waited_for_without_end(void **state)
{
	struct place place = make_place();
	struct sf_error e;
	int64_t at_ms;
	SF_CLEANUP(sf_fd_closep) int fd = -1;

	(void)state;
	(void)reserve(&place, "a", NOW);
	fd = openat(place.dir, "starts", O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(sf_rate_reserve(place.dir, &limits, "a", NOW, &at_ms, &e), SF_E_SYSTEM);
	remove_place(&place);
}

static void a_subscriber_s_ipv6_addresses_are_one_source(void **state)
{
	char a[SF_RATE_SOURCE_SIZE], b[SF_RATE_SOURCE_SIZE];

	(void)state;
	sf_rate_source("2001:db8:1:2::1", a);
	sf_rate_source("2001:db8:1:2:ffff::9", b);
	assert_string_equal(a, b);
	sf_rate_source("2001:db8:1:3::1", b);
	assert_string_not_equal(a, b);
	sf_rate_source("::ffff:198.51.100.7", a);
	sf_rate_source("::ffff:198.51.100.8", b);
	assert_string_not_equal(a, b);
	sf_rate_source("", a);
	sf_rate_source("host.example", b);
	assert_string_not_equal(a, b);
	assert_string_equal(b, "host.example");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(below_the_limit_nobody_waits),
	    cmocka_unit_test(one_over_the_limit_of_its_source_is_refused_and_others_are_not),
	    cmocka_unit_test(a_slot_within_20_seconds_is_waited_for),
	    cmocka_unit_test(the_host_has_a_limit_over_all_sources),
	    cmocka_unit_test(a_refused_start_takes_no_slot),
	    cmocka_unit_test(sources_that_begin_alike_are_told_apart),
	    cmocka_unit_test(a_source_of_any_length_is_counted),
	    cmocka_unit_test(a_source_that_does_not_fit_is_refused),
	    cmocka_unit_test(a_damaged_file_starts_afresh),
	    cmocka_unit_test(a_file_that_others_may_read_is_refused),
	    cmocka_unit_test(a_lock_that_is_never_released_is_not_waited_for_without_end),
	    cmocka_unit_test(a_subscriber_s_ipv6_addresses_are_one_source),
	};

	return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
