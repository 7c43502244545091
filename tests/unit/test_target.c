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
static char client_a[] = "3MVG9.a", client_b[] = "3MVG9.b";
static struct sf_org orgs[2];
static struct sf_config config;
static struct sf_settings settings;
static struct sf_org org;

static int begin(void **state)
{
	(void)state;
	settings = (struct sf_settings){.is_from_environment = false};
	org =
	    (struct sf_org){.login_url = login_url, .client_id = client_a, .is_kernel_cache = true};
	orgs[0] = orgs[1] = org;
	config = (struct sf_config){.orgs = orgs, .org_count = 2};
	settings.config = &config;
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
	assert_string_equal(target.app, client_a);
	assert_string_equal(target.app_key, "3MVG9.a@https://acme.my.salesforce.com:443");
	assert_true(target.has_kernel);
	assert_true(target.takes_old);
	assert_true(target.has_own_git);
}

/* What an older version stored, and what git's helper finds by the origin alone, names no app. */
static void what_names_no_app_is_of_none_if_two_apps_share_the_origin(void **state)
{
	struct sf_target target = {.settings = &settings, .org = &org};
	struct sf_error e;

	(void)state;
	orgs[1].client_id = client_b;
	assert_int_equal(sf_target_resolve(&target, &e), SF_OK);
	assert_false(target.takes_old);
	assert_false(target.has_own_git);
}

static void what_a_person_signed_in_for_is_not_the_apps(void **state)
{
	struct sf_target target = {.settings = &settings, .org = &org, .is_itself = true};
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_target_resolve(&target, &e), SF_OK);
	assert_string_equal(target.app, "client_credentials:3MVG9.a");
	assert_false(target.takes_old);
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
	    BEGUN(what_names_no_app_is_of_none_if_two_apps_share_the_origin),
	    BEGUN(what_a_person_signed_in_for_is_not_the_apps),
	    BEGUN(kernel_cache_no_keeps_the_kernel_out),
	    BEGUN(an_org_of_the_environment_has_a_key_of_its_own_and_no_kernel),
	    BEGUN(a_login_url_that_is_none_is_refused),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
