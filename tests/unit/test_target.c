/* What a target knows of its org: origin, key, kernel row. */
#include "target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static char login_url[] = "https://acme.my.salesforce.com";
static struct sf_settings settings;
static struct sf_org org;

static int begin(void **state)
{
	(void)state;
	settings = (struct sf_settings){.is_from_environment = false};
	org = (struct sf_org){.login_url = login_url, .is_kernel_cache = true};
	return 0;
}

static void the_key_is_the_origin_of_the_login_url(void **state)
{
	struct sf_target target = {.settings = &settings, .org = &org};
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_target_resolve(&target, &e), SF_OK);
	assert_string_equal(target.origin.host, "acme.my.salesforce.com");
	assert_string_equal(target.key, "https://acme.my.salesforce.com:443");
	assert_true(target.has_kernel);
}

static void kernel_cache_no_keeps_the_kernel_out(void **state)
{
	struct sf_target target = {.settings = &settings, .org = &org};
	struct sf_error e;

	(void)state;
	org.is_kernel_cache = false;
	assert_int_equal(sf_target_resolve(&target, &e), SF_OK);
	assert_false(target.has_kernel);
}

static void an_org_of_the_environment_has_a_key_of_its_own_and_no_kernel(void **state)
{
	struct sf_target target = {.settings = &settings, .org = &org};
	struct sf_error e;

	(void)state;
	settings.is_from_environment = true;
	assert_int_equal(sf_target_resolve(&target, &e), SF_OK);
	assert_string_equal(target.key, "environment:https://acme.my.salesforce.com:443");
	assert_false(target.has_kernel);
}

static void a_login_url_that_is_none_is_refused(void **state)
{
	static char http[] = "http://acme.my.salesforce.com";
	struct sf_target target = {.settings = &settings, .org = &org, .may_unlock = true};
	struct sf_error e;

	(void)state;
	org.login_url = http;
	assert_int_equal(sf_target_resolve(&target, &e), SF_E_CONFIG);
	assert_false(target.has_kernel);
	assert_string_equal(target.key, "");
}

int main(void)
{
#define BEGUN(test) cmocka_unit_test_setup(test, begin)
	const struct CMUnitTest tests[] = {
	    BEGUN(the_key_is_the_origin_of_the_login_url),
	    BEGUN(kernel_cache_no_keeps_the_kernel_out),
	    BEGUN(an_org_of_the_environment_has_a_key_of_its_own_and_no_kernel),
	    BEGUN(a_login_url_that_is_none_is_refused),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
