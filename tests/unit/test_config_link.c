/* Which addresses a configuration may name: https, or http for localhost alone. */
#include "config_link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "banned.h"

static bool is_good(const char *text, bool may_be_local)
{
	return sf_config_link_is_good(
	    &(struct sf_link_params){.text = text, .may_be_local = may_be_local});
}

static void a_registered_address_is_taken_as_it_is(void **state)
{
	(void)state;
	assert_true(is_good("https://acme.my.site.com/shop", false));
	assert_true(is_good("https://acme.example:8443/Back?x=1", false));
	assert_true(is_good("http://localhost:1717/OauthRedirect", true));
	assert_true(is_good("http://localhost", true));
	assert_true(is_good("http://localhost/x", true));
}

static void plain_http_is_for_localhost_alone(void **state)
{
	static const char *const bad[] = {"http://acme.example/", "http://localhost.evil.test/",
	    "http://localhosts/", "http://localhost@evil.test/", "http://127.0.0.1:1717/",
	    "HTTP://localhost/", "http:/localhost/"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(bad); i++)
		assert_false(is_good(bad[i], true));
	assert_false(is_good("http://localhost:1717/OauthRedirect", false));
}

static void what_would_mean_another_host_is_refused(void **state)
{
	static const char *const bad[] = {"", "https://", "https:///x", "https://?x",
	    "https://:443/", "https://a@b/", "https://a/#b", "https://a\\b", "https://a b",
	    "ftp://a/", "javascript:1"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(bad); i++)
		assert_false(is_good(bad[i], true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_registered_address_is_taken_as_it_is),
	    cmocka_unit_test(plain_http_is_for_localhost_alone),
	    cmocka_unit_test(what_would_mean_another_host_is_refused),
	};

	return cmocka_run_group_tests_name("config_link", tests, NULL, NULL);
}
