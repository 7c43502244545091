#include "identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "identity_policy.h"
#include "text.h"

#include "banned.h"

/* --- rules 2 to 7, cell by cell --- */

struct world {
	struct sf_pam policy;
	struct sf_origin pinned;
	char organization_id[SF_SFID_SIZE];
	struct sf_account account;
	struct sf_facts facts;
};

static void make_good_world(struct world *w)
{
	static char standard[] = "STANDARD";
	static char *types[] = {standard};
	struct sf_error e;

	*w = (struct world){.policy = policy_of_template(), .organization_id = ORG18};
	w->policy.allow_user_types = (struct sf_list){.items = types, .count = SF_COUNT(types)};
	assert_int_equal(sf_origin_parse("https://acme.my.salesforce.com", &w->pinned, &e), SF_OK);
	w->account = (struct sf_account){
	    .name = "ada", .exists = true, .pw_name = "ada", .uid = 1000, .service = "sshd"};
	w->facts = (struct sf_facts){
	    .id_url = "https://login.salesforce.com/id/" ORG18 "/" USER18,
	    .instance_url = "https://acme.my.salesforce.com",
	    .token_prefix = ORG15,
	    .user_id = USER18,
	    .organization_id = ORG18,
	    .asserted_user = SF_GIVEN_TRUE,
	    .active = SF_GIVEN_TRUE,
	    .user_type = "STANDARD",
	    .username = "ada@acme.example",
	    .integration_user = SF_GIVEN_FALSE,
	};
}

static enum sf_rule decide(const struct world *w)
{
	const struct sf_identity_ask ask = {
	    .policy = &w->policy,
	    .pinned = &w->pinned,
	    .organization_id = w->organization_id,
	    .account = &w->account,
	    .facts = &w->facts,
	};

	return sf_identity_decide(&ask);
}

static void whoever_meets_every_rule_is_let_in(void **state)
{
	struct world w;

	(void)state;
	make_good_world(&w);
	assert_int_equal(decide(&w), SF_RULE_NONE);
}

/* One text fact changed; the rest is good. */
#define FACT(field, value, rule)                                                                   \
	{                                                                                          \
#field, offsetof(struct sf_facts, field), sizeof(((struct sf_facts *)0)->field),   \
		    value, rule                                                                    \
	}

static const struct {
	const char *name;
	size_t at, size;
	const char *value;
	enum sf_rule rule;
} text_facts[] = {
    FACT(instance_url, "", SF_RULE_INSTANCE_URL),
    FACT(instance_url, "https://acme.my.salesforce.com/", SF_RULE_NONE),
    FACT(instance_url, "https://acme.my.salesforce.com/x", SF_RULE_INSTANCE_URL),
    FACT(instance_url, "https://acme.my.salesforce.com?", SF_RULE_INSTANCE_URL),
    FACT(instance_url, "https://acme.my.salesforce.com#", SF_RULE_INSTANCE_URL),
    FACT(instance_url, "https://evil.my.salesforce.com", SF_RULE_INSTANCE_URL),
    FACT(instance_url, "https://acme.my.salesforce.com.evil.test", SF_RULE_INSTANCE_URL),
    FACT(instance_url, "https://acme.my.salesforce.com:443", SF_RULE_INSTANCE_URL),
    FACT(instance_url, "https://acme.my.salesforce.com.", SF_RULE_INSTANCE_URL),
    FACT(instance_url, "https://u@acme.my.salesforce.com", SF_RULE_INSTANCE_URL),
    FACT(instance_url, "https://ACME.my.salesforce.com", SF_RULE_INSTANCE_URL),
    FACT(instance_url, "http://acme.my.salesforce.com", SF_RULE_INSTANCE_URL),
    FACT(instance_url, "https://login.salesforce.com", SF_RULE_INSTANCE_URL),
    FACT(id_url, "", SF_RULE_ID_URL),
    FACT(id_url, "https://acme.my.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_NONE),
    FACT(id_url, "https://test.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_NONE),
    FACT(id_url, "https://acme.my.salesforce.com/id/" ORG15 "/" USER15, SF_RULE_NONE),
    FACT(id_url, "https://evil.my.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_ID_URL),
    FACT(id_url, "https://login.salesforce.com.evil.test/id/" ORG18 "/" USER18, SF_RULE_ID_URL),
    FACT(id_url, "https://login.salesforce.com:443/id/" ORG18 "/" USER18, SF_RULE_ID_URL),
    FACT(id_url, "https://a@login.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_ID_URL),
    FACT(id_url, "https://Login.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_ID_URL),
    FACT(id_url, "http://login.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_ID_URL),
    FACT(id_url, "https://login.salesforce.com/id/" ORG18 "/" USER18 "/x", SF_RULE_ID_URL),
    FACT(id_url, "https://login.salesforce.com/id/" ORG18, SF_RULE_ID_URL),
    FACT(id_url, "https://login.salesforce.com/id/" ORG_CASE "/" USER18, SF_RULE_ORG_MISMATCH),
    FACT(id_url, "https://login.salesforce.com/id/" ORG18 "/" OTHER_USER, SF_RULE_USER_MISMATCH),
    FACT(organization_id, "", SF_RULE_ORG_MISMATCH),
    FACT(organization_id, ORG15, SF_RULE_NONE),
    FACT(organization_id, ORG_CASE, SF_RULE_ORG_MISMATCH),
    FACT(organization_id, "00D5f000000abcd", SF_RULE_ORG_MISMATCH),
    FACT(token_prefix, "", SF_RULE_NONE),
    FACT(token_prefix, "00D5f000000aBcd", SF_RULE_ORG_MISMATCH),
    FACT(token_prefix, "00D5f000000Abc", SF_RULE_ORG_MISMATCH),
    FACT(token_prefix, "0055f00000EfGhi", SF_RULE_ORG_MISMATCH),
    FACT(user_id, "", SF_RULE_USER_MISMATCH),
    FACT(user_id, USER15, SF_RULE_NONE),
    FACT(user_id, OTHER_USER, SF_RULE_USER_MISMATCH),
    FACT(user_type, "", SF_RULE_USER_TYPE),
    FACT(user_type, "standard", SF_RULE_USER_TYPE),
    FACT(user_type, "CSP_LITE_PORTAL", SF_RULE_USER_TYPE),
    FACT(username, "ADA@Acme.Example", SF_RULE_NONE),
    FACT(username, "", SF_RULE_NOT_MAPPED),
    FACT(username, "kim@acme.example", SF_RULE_NOT_MAPPED),
    FACT(username, "ada@acme.example.evil", SF_RULE_NOT_MAPPED),
    FACT(username, "xada@acme.example", SF_RULE_NOT_MAPPED),
    FACT(username, "ada", SF_RULE_NOT_MAPPED),
};

static void every_text_fact_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(text_facts); i++) {
		struct world w;

		make_good_world(&w);
		assert_true(sf_text_copy(
		    (char *)&w.facts + text_facts[i].at, text_facts[i].size, text_facts[i].value));
		if (decide(&w) != text_facts[i].rule)
			fail_msg("%s = '%s': %s", text_facts[i].name, text_facts[i].value,
			    sf_rule_name(decide(&w)));
	}
}

static void every_flag_decides_and_absent_is_not_true(void **state)
{
	static const struct {
		size_t at;
		enum sf_rule absent, false_, true_;
	} rows[] = {
	    {offsetof(struct sf_facts, asserted_user), SF_RULE_NOT_ASSERTED, SF_RULE_NOT_ASSERTED,
		SF_RULE_NONE},
	    {offsetof(struct sf_facts, active), SF_RULE_INACTIVE, SF_RULE_INACTIVE, SF_RULE_NONE},
	    {offsetof(struct sf_facts, integration_user), SF_RULE_NONE, SF_RULE_NONE,
		SF_RULE_INTEGRATION_USER},
	    {offsetof(struct sf_facts, community), SF_RULE_NONE, SF_RULE_SITE_USER,
		SF_RULE_SITE_USER},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const enum sf_rule want[] = {rows[i].absent, rows[i].false_, rows[i].true_};
		struct world w;

		make_good_world(&w);
		for (enum sf_given given = SF_GIVEN_ABSENT; given <= SF_GIVEN_TRUE; given++) {
			memcpy((char *)&w.facts + rows[i].at, &given, sizeof(given));
			assert_int_equal(decide(&w), want[given]);
		}
	}
}

static void the_map_compares_ids_and_not_names(void **state)
{
	static const struct {
		const char *mapped_id, *username;
		enum sf_rule rule;
	} rows[] = {
	    {USER18, "somebody@else.example", SF_RULE_NONE},
	    {OTHER_USER, "ada@acme.example", SF_RULE_NOT_MAPPED},
	    {NULL, "ada@acme.example", SF_RULE_NOT_MAPPED},
	    {USER15, "ada@acme.example",
		SF_RULE_NOT_MAPPED}, /* the map's ids are normalised before */
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct world w;

		make_good_world(&w);
		w.policy.user_map = one("/etc/sfoauth/users");
		w.account.mapped_id = rows[i].mapped_id;
		assert_true(
		    sf_text_copy(w.facts.username, sizeof(w.facts.username), rows[i].username));
		assert_int_equal(decide(&w), rows[i].rule);
	}
}

static void without_any_mapping_rule_nobody_is_let_in(void **state)
{
	struct world w;

	(void)state;
	make_good_world(&w);
	w.policy.username_template = one("");
	assert_int_equal(decide(&w), SF_RULE_NOT_MAPPED);
}

static void a_required_permission_must_be_there_and_any_one_suffices(void **state)
{
	struct world w;

	(void)state;
	make_good_world(&w);
	w.policy.require_permission =
	    (struct sf_list){.items = (char *[]){one("Linux"), one("Admin")}, .count = 2};
	assert_int_equal(decide(&w), SF_RULE_PERMISSION);
	w.facts.permission_count = 1;
	assert_true(sf_text_copy(w.facts.permissions[0], sizeof(w.facts.permissions[0]), "linux"));
	/* Beyond the count nothing counts. */
	assert_true(sf_text_copy(w.facts.permissions[1], sizeof(w.facts.permissions[1]), "Admin"));
	assert_int_equal(decide(&w), SF_RULE_PERMISSION);
	w.facts.permission_count = 2;
	assert_int_equal(decide(&w), SF_RULE_NONE);
	w.facts.permission_count = 1;
	assert_true(sf_text_copy(w.facts.permissions[0], sizeof(w.facts.permissions[0]), "Linux"));
	assert_int_equal(decide(&w), SF_RULE_NONE);
}

static void without_a_pinned_organization_nobody_is_let_in(void **state)
{
	struct world w;

	(void)state;
	make_good_world(&w);
	w.organization_id[0] = '\0';
	assert_int_equal(decide(&w), SF_RULE_ORG_MISMATCH);
}

static void the_page_to_open_lies_on_the_pinned_host(void **state)
{
	struct world w;

	(void)state;
	make_good_world(&w);
	assert_int_equal(
	    sf_identity_address(&w.pinned, "https://acme.my.salesforce.com/setup/connect"),
	    SF_RULE_NONE);
	assert_int_equal(
	    sf_identity_address(&w.pinned, "https://login.salesforce.com/setup/connect"),
	    SF_RULE_VERIFICATION_URI);
	assert_int_equal(
	    sf_identity_address(&w.pinned, "http://acme.my.salesforce.com/setup/connect"),
	    SF_RULE_VERIFICATION_URI);
	assert_int_equal(
	    sf_identity_address(&w.pinned, "https://acme.my.salesforce.com.evil.test/"),
	    SF_RULE_VERIFICATION_URI);
}

static void every_rule_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned a = 0; a < SF_RULE_COUNT; a++)
		for (unsigned b = 0; b < a; b++)
			assert_string_not_equal(
			    sf_rule_name((enum sf_rule)a), sf_rule_name((enum sf_rule)b));
	assert_string_equal(sf_rule_name(SF_RULE_COUNT), "bug");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whoever_meets_every_rule_is_let_in),
	    cmocka_unit_test(every_text_fact_decides),
	    cmocka_unit_test(every_flag_decides_and_absent_is_not_true),
	    cmocka_unit_test(the_map_compares_ids_and_not_names),
	    cmocka_unit_test(without_any_mapping_rule_nobody_is_let_in),
	    cmocka_unit_test(a_required_permission_must_be_there_and_any_one_suffices),
	    cmocka_unit_test(without_a_pinned_organization_nobody_is_let_in),
	    cmocka_unit_test(the_page_to_open_lies_on_the_pinned_host),
	    cmocka_unit_test(every_rule_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests_name("identity_rules", tests, NULL, NULL);
}
