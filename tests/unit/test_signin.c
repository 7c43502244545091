#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signin.h"

#include "banned.h"

static uint32_t timeout_of(const char *service, uint32_t configured_s)
{
	struct sf_config config = {.pam = {.approve_timeout_s = configured_s}};
	const struct sf_phase phase = {.service = service, .config = &config};

	return sf_signin_timeout_s(&phase);
}

static void login_ends_before_its_own_limit(void **state)
{
	(void)state;
	assert_int_equal(timeout_of("login", 240), 50);
	assert_int_equal(timeout_of("login", 51), 50);
	assert_int_equal(timeout_of("login", 30), 30);
}

static void everywhere_else_the_configured_time_counts(void **state)
{
	(void)state;
	assert_int_equal(timeout_of("sshd", 240), 240);
	assert_int_equal(timeout_of("sudo", 540), 540);
	assert_int_equal(timeout_of("remote-login", 240), 240);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(login_ends_before_its_own_limit),
	    cmocka_unit_test(everywhere_else_the_configured_time_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
