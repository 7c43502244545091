/* How long sshd's connection is, and what that leaves for a sign-in. */
#include "grace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "banned.h"

static void a_first_attempt_has_all_the_time(void **state)
{
	(void)state;
	assert_int_equal(sf_grace_left_s(240, 0), 240);
	assert_int_equal(sf_grace_left_s(240, 50), 240);
}

static void a_second_attempt_has_what_is_left(void **state)
{
	(void)state;
	assert_int_equal(sf_grace_left_s(240, 51), 239);
	assert_int_equal(sf_grace_left_s(240, 242), 48);
	assert_int_equal(sf_grace_left_s(240, 289), 1);
}

/* sshd would have ended it: the process is another one, or sshd has a longer limit. */
static void an_age_that_cannot_be_right_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(sf_grace_left_s(240, -1), 240);
	assert_int_equal(sf_grace_left_s(240, 290), 240);
	assert_int_equal(sf_grace_left_s(240, INT64_MAX), 240);
}

static void the_age_of_a_process_is_read(void **state)
{
	(void)state;
	assert_in_range(sf_grace_age_s(getpid()), 0, 60);
	assert_true(sf_grace_age_s(1) >= sf_grace_age_s(getpid()));
	assert_int_equal(sf_grace_age_s(-5), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_first_attempt_has_all_the_time),
	    cmocka_unit_test(a_second_attempt_has_what_is_left),
	    cmocka_unit_test(an_age_that_cannot_be_right_changes_nothing),
	    cmocka_unit_test(the_age_of_a_process_is_read),
	};

	return cmocka_run_group_tests_name("grace", tests, NULL, NULL);
}
