/* Which hosts of Salesforce belong together: the families of sfhost.h, cell by cell. */
#include "sfhost.h"

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

static void every_family_has_two_login_hosts_of_its_own(void **state)
{
	static const char *const orgs[] = {"https://acme.my.salesforce.com",
	    "https://acme.my.sfcrmproducts.cn", "https://acme.my.salesforce.mil",
	    "https://acme.my-salesforce.com", "https://acme.example"};
	static const struct {
		const char *host;
		bool is_login_of[SF_COUNT(orgs)];
	} rows[] = {
	    {"https://login.salesforce.com", {true, false, false, true, false}},
	    {"https://test.salesforce.com", {true, false, false, true, false}},
	    {"https://login.sfcrmproducts.cn", {false, true, false, false, false}},
	    {"https://test.sfcrmproducts.cn", {false, true, false, false, false}},
	    {"https://login.salesforce.mil", {false, false, true, false, false}},
	    {"https://test.salesforce.mil", {false, false, true, false, false}},
	    {"https://login.salesforce.com:8443", {false}},
	    {"https://xlogin.salesforce.com", {false}},
	    {"https://x.login.salesforce.com", {false}},
	    {"https://login.my.salesforce.com", {false}},
	    {"https://login.my-salesforce.com", {false}},
	    {"https://loginxsalesforce.com", {false}},
	    {"https://login.salesforce.com.evil.example", {false}},
	    {"https://login.salesforce.org", {false}},
	    {"https://acme.my.salesforce.com", {false}},
	    {"https://login.acme.example", {false}},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct sf_origin host = origin_of(rows[i].host);
		bool is_login = false;

		for (size_t j = 0; j < SF_COUNT(orgs); j++) {
			const struct sf_origin org = origin_of(orgs[j]);

			if (sf_sfhost_is_login_of(&host, &org) != rows[i].is_login_of[j])
				fail_msg("%s for %s", rows[i].host, orgs[j]);
			is_login = is_login || rows[i].is_login_of[j];
		}
		if (sf_sfhost_is_login(&host) != is_login)
			fail_msg("%s", rows[i].host);
	}
}

static void an_org_on_another_port_has_the_login_hosts_of_its_family(void **state)
{
	const struct sf_origin org = origin_of("https://acme.my.salesforce.com:8443");
	const struct sf_origin login = origin_of("https://login.salesforce.com");

	(void)state;
	assert_true(sf_sfhost_is_login_of(&login, &org));
}

static void a_my_domain_belongs_to_the_login_hosts_of_its_family(void **state)
{
	static const char *const logins[] = {"https://login.salesforce.com",
	    "https://test.sfcrmproducts.cn", "https://login.salesforce.mil",
	    "https://acme.example"};
	static const struct {
		const char *host;
		bool is_of[SF_COUNT(logins)];
	} rows[] = {
	    {"https://acme.my.salesforce.com", {true, false, false, false}},
	    {"https://acme--dev.sandbox.my.salesforce.com", {true, false, false, false}},
	    {"https://acme.my-salesforce.com", {true, false, false, false}},
	    {"https://acme.my.sfcrmproducts.cn", {false, true, false, false}},
	    {"https://acme.my.salesforce.mil", {false, false, true, false}},
	    {"https://acme.my.salesforce.com:8443", {false}},
	    {"https://acme.my-sfcrmproducts.cn", {false}},
	    {"https://na15.salesforce.com", {false}},
	    {"https://my.salesforce.com", {false}},
	    {"https://acmemy.salesforce.com", {false}},
	    {"https://acme.my.salesforce.com.evil.example", {false}},
	    {"https://login.salesforce.com", {false}},
	    {"https://acme.example", {false}},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		for (size_t j = 0; j < SF_COUNT(logins); j++) {
			const struct sf_origin host = origin_of(rows[i].host);
			const struct sf_origin login = origin_of(logins[j]);

			if (sf_sfhost_is_my_domain_of(&host, &login) != rows[i].is_of[j])
				fail_msg("%s for %s", rows[i].host, logins[j]);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_family_has_two_login_hosts_of_its_own),
	    cmocka_unit_test(an_org_on_another_port_has_the_login_hosts_of_its_family),
	    cmocka_unit_test(a_my_domain_belongs_to_the_login_hosts_of_its_family),
	};

	return cmocka_run_group_tests_name("sfhost", tests, NULL, NULL);
}
