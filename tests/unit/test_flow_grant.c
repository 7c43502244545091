/* Of a token response: which hosts the token may go to, and whose it is. */
#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "identity_policy.h"
#include "json.h"

#include "banned.h"

static void read_grant(
    const char *login_url, const char *id, const char *instance_url, struct sf_grant *grant)
{
	static const struct sf_job job = {
	    .life_s = 60, .also_count = 1, .also = {"https://git.acme.example:443"}};
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	struct sf_origin origin;
	const struct sf_flow_params params = {.job = &job, .origin = &origin};
	char buf[1024];
	struct sf_text body = SF_TEXT(buf);
	struct sf_error e;

	assert_true(sf_text_addf(&body,
	    "{\"access_token\":\"x\",\"id\":\"%s\",\"instance_url\":\"%s\"}", id, instance_url));
	assert_int_equal(sf_origin_parse(login_url, &origin, &e), SF_OK);

	SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = sf_secret_from(buf, body.len);

	assert_int_equal(sf_json_parse(secret, &json, &e), SF_OK);
	assert_int_equal(sf_flow_grant(&params, json, grant, &e), SF_OK);
}

static void a_token_goes_to_the_instance_that_rule_2_allows(void **state)
{
	static const struct {
		const char *login_url, *instance_url, *learnt; /* NULL: none */
	} rows[] = {
	    {"https://login.salesforce.com", "https://acme.my.salesforce.com",
		"https://acme.my.salesforce.com:443"},
	    {"https://test.salesforce.com", "https://acme--dev.sandbox.my.salesforce.com/",
		"https://acme--dev.sandbox.my.salesforce.com:443"},
	    {"https://login.sfcrmproducts.cn", "https://acme.my.sfcrmproducts.cn",
		"https://acme.my.sfcrmproducts.cn:443"},
	    {"https://login.salesforce.com", "https://acme.my.sfcrmproducts.cn", NULL},
	    {"https://login.salesforce.com", "https://login.salesforce.com", NULL},
	    {"https://login.salesforce.com", "https://evil.example", NULL},
	    {"https://acme.my.salesforce.com", "https://acme.my.salesforce.com", NULL},
	    {"https://acme.my.salesforce.com", "https://acme.my.salesforce.com/", NULL},
	    {"https://acme.my.salesforce.com", "https://evil.my.salesforce.com", NULL},
	    {"https://acme.my.salesforce.com", "", NULL},
	};

	(void)state;
	sf_json_start();
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};
		size_t next = 0;

		read_grant(rows[i].login_url, "", rows[i].instance_url, &grant);
		assert_int_equal(grant.token->also_count, rows[i].learnt ? 2 : 1);
		if (rows[i].learnt)
			assert_string_equal(grant.token->also[next++], rows[i].learnt);
		assert_string_equal(grant.token->also[next], "https://git.acme.example:443");
		/* As given, for the one who judges. */
		assert_string_equal(grant.instance_url, rows[i].instance_url);
	}
}

static void a_token_has_the_ids_of_an_identity_url_or_none(void **state)
{
	static const struct {
		const char *id;
		bool is_identity;
	} rows[] = {
	    {"https://login.salesforce.com/id/" ORG18 "/" USER18, true},
	    {"https://acme.my.salesforce.com/id/" ORG15 "/" USER15 "?x", true},
	    {"https://login.salesforce.com/x/id/" ORG18 "/" USER18, false},
	    {"https://login.salesforce.com/?/id/" ORG18 "/" USER18, false},
	    {"http://login.salesforce.com/id/" ORG18 "/" USER18, false},
	    {"", false},
	};

	(void)state;
	sf_json_start();
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};

		read_grant("https://acme.my.salesforce.com", rows[i].id, "", &grant);
		assert_string_equal(grant.token->org_id, rows[i].is_identity ? ORG18 : "");
		assert_string_equal(grant.token->user_id, rows[i].is_identity ? USER18 : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_token_goes_to_the_instance_that_rule_2_allows),
	    cmocka_unit_test(a_token_has_the_ids_of_an_identity_url_or_none),
	};

	return cmocka_run_group_tests_name("flow_grant", tests, NULL, NULL);
}
