/* Where addresses from Salesforce may lie. What a sign-in brings: owner_cases.h. */
#include "hosts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "attr.h"

#include "banned.h"

static struct sf_origin origin_of(const char *url)
{
	struct sf_origin origin;
	struct sf_error e;

	assert_int_equal(sf_origin_parse(url, &origin, &e), SF_OK);
	return origin;
}

static void the_page_to_open_lies_on_the_pinned_host(void **state)
{
	static const struct {
		const char *url;
		enum sf_rule rule;
	} rows[] = {
	    {"https://acme.my.salesforce.com/setup/connect", SF_RULE_NONE},
	    {"https://login.salesforce.com/setup/connect", SF_RULE_VERIFICATION_URI},
	    {"http://acme.my.salesforce.com/setup/connect", SF_RULE_VERIFICATION_URI},
	    {"https://acme.my.salesforce.com.evil.test/", SF_RULE_VERIFICATION_URI},
	    {"https://acme.my.salesforce.com@evil.test/", SF_RULE_VERIFICATION_URI},
	    {"", SF_RULE_VERIFICATION_URI},
	};
	const struct sf_origin acme = origin_of("https://acme.my.salesforce.com");

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		if (sf_hosts_page(&acme, rows[i].url) != rows[i].rule)
			fail_msg("%s", rows[i].url);
}

static void the_instance_is_told_in_its_canonical_spelling(void **state)
{
	const struct sf_origin login = origin_of("https://login.salesforce.com");
	struct sf_origin instance = {.text = "untouched"};

	(void)state;
	assert_int_equal(
	    sf_hosts_instance(&login, "https://evil.example", &instance), SF_RULE_INSTANCE_URL);
	assert_string_equal(instance.text, "untouched");
	assert_int_equal(
	    sf_hosts_instance(&login, "https://acme.my.salesforce.com/", &instance), SF_RULE_NONE);
	assert_string_equal(instance.text, "https://acme.my.salesforce.com:443");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_page_to_open_lies_on_the_pinned_host),
	    cmocka_unit_test(the_instance_is_told_in_its_canonical_spelling),
	};

	return cmocka_run_group_tests_name("hosts", tests, NULL, NULL);
}
