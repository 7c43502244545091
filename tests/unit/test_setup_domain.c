/* What a person types as the org becomes its address, or is refused. */
#include "setup_domain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "banned.h"

static void what_people_call_their_org_becomes_its_address(void **state)
{
	static const struct {
		const char *text, *url, *name;
	} rows[] = {
	    {"acme", "https://acme.my.salesforce.com", "acme"},
	    {" ACME ", "https://acme.my.salesforce.com", "acme"},
	    {"acme--dev.sandbox", "https://acme--dev.sandbox.my.salesforce.com", "acme-dev"},
	    {"acme.my.salesforce.com", "https://acme.my.salesforce.com", "acme"},
	    {"https://acme.my.salesforce.com/", "https://acme.my.salesforce.com", "acme"},
	    {"https://acme.lightning.force.com/lightning/page/home?x=1",
		"https://acme.my.salesforce.com", "acme"},
	    {"https://acme--uat.sandbox.lightning.force.com/one",
		"https://acme--uat.sandbox.my.salesforce.com", "acme-uat"},
	    {"https://acme.my.salesforce-setup.com/x", "https://acme.my.salesforce.com", "acme"},
	    {"https://acme.my.salesforce.mil", "https://acme.my.salesforce.mil", "acme"},
	    {"login.salesforce.com", "https://login.salesforce.com", "login"},
	    {"acme-dev-ed.develop.my.salesforce.com",
		"https://acme-dev-ed.develop.my.salesforce.com", "acme-dev-ed"},
	    {"https://acme.example:8443/x", "https://acme.example:8443", "acme"},
	    {"http://acme.my.salesforce.com/x", "https://acme.my.salesforce.com", "acme"},
	    {"acme--dev", "https://acme--dev.sandbox.my.salesforce.com", "acme-dev"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char url[SF_ORIGIN_SIZE], name[64];
		struct sf_error e;

		if (sf_setup_domain_login_url(rows[i].text, url, &e) != SF_OK)
			fail_msg("%s: %s", rows[i].text, e.detail);
		assert_string_equal(url, rows[i].url);
		sf_setup_domain_name(url, name, sizeof(name));
		assert_string_equal(name, rows[i].name);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const rows[] = {"", " ", "http://", "ftp://acme.my.salesforce.com",
	    "acme corp inc", "ada@acme", "acme..com", ".", "-", "https://",
	    "acme.my.salesforce.com.", "\xc3\xbc", "https://1.2.3.4/"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char url[SF_ORIGIN_SIZE];
		struct sf_error e;

		if (sf_setup_domain_login_url(rows[i], url, &e) == SF_OK)
			fail_msg("%s became %s", rows[i], url);
		assert_int_equal(e.code, SF_E_USAGE);
	}
}

static void what_is_salesforces_is_known(void **state)
{
	static const struct {
		const char *url;
		bool is_known;
	} rows[] = {
	    {"https://acme.my.salesforce.com", true},
	    {"https://acme--dev.sandbox.my.salesforce.com", true},
	    {"https://acme.my-salesforce.com", true},
	    {"https://acme.my.salesforce.mil", true},
	    {"https://acme.my.sfcrmproducts.cn", true},
	    {"https://login.salesforce.com", true},
	    {"https://test.sfcrmproducts.cn", true},
	    {"https://google.com", false},
	    {"https://acme.salesforce.com", false},
	    {"https://acme.my.salesforce.com:8443", false},
	    {"https://acme.my.salesforce.com.evil.example", false},
	    {"https://evilmy.salesforce.com", false},
	    {"https://acme.my.site.com", false},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		if (sf_setup_domain_is_salesforce(rows[i].url) != rows[i].is_known)
			fail_msg("%s", rows[i].url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_people_call_their_org_becomes_its_address),
	    cmocka_unit_test(what_is_no_address_is_refused),
	    cmocka_unit_test(what_is_salesforces_is_known),
	};

	return cmocka_run_group_tests_name("domain", tests, NULL, NULL);
}
