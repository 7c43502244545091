/* Whose a token is, where no configuration is asked. Sign-ins: owner_cases.h. */
#include "owner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "identity_policy.h"
#include "owner_cases.h"

#include "banned.h"

static void an_id_is_compared_in_both_of_its_lengths(void **state)
{
	(void)state;
	assert_true(sf_owner_is_org(ORG15, ORG18));
	assert_true(sf_owner_is_org(ORG18, ORG18));
	assert_false(sf_owner_is_org(ORG_CASE, ORG18));
	assert_false(sf_owner_is_org("", ORG18));
	assert_false(sf_owner_is_org("", ""));
	assert_false(sf_owner_is_org(USER15, USER18));
	assert_true(sf_owner_is_user(USER15, USER18));
	assert_false(sf_owner_is_user(OTHER_USER, USER18));
	assert_false(sf_owner_is_user(ORG15, ORG18));
}

static void an_identity_url_names_an_owner_on_whatever_host(void **state)
{
	static const char *const good[] = {
	    ACME IDS, LOGIN "/id/" ORG15 "/" USER15, "https://elsewhere.example:8443" IDS "?x"};
	static const char *const bad[] = {"", IDS, "http://login.salesforce.com" IDS,
	    LOGIN "/x" IDS, LOGIN "/x?" IDS, LOGIN "/id/" ORG18, LOGIN "/id/" ORG18 "/" ORG18,
	    LOGIN IDS "/", "https://a@login.salesforce.com" IDS};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(good); i++) {
		struct sf_owner owner = {.org_id = "x"};

		if (!sf_owner_from_id(good[i], &owner))
			fail_msg("%s", good[i]);
		assert_string_equal(owner.org_id, ORG18);
		assert_string_equal(owner.user_id, USER18);
	}
	for (size_t i = 0; i < SF_COUNT(bad); i++) {
		struct sf_owner owner = {.org_id = "x", .user_id = "x"};

		if (sf_owner_from_id(bad[i], &owner))
			fail_msg("%s", bad[i]);
		assert_string_equal(owner.org_id, "");
		assert_string_equal(owner.user_id, "");
	}
}

/* A refusal names what was found: "the organization is X, and Y is configured". */
static void the_owner_is_told_as_soon_as_id_names_one(void **state)
{
	static const struct {
		struct owner_case row;
		const char *org_id;
	} rows[] = {
	    {{.rule = SF_RULE_NONE}, ORG18},
	    {{.organization_id = ORG_CASE, .rule = SF_RULE_ORG_MISMATCH}, ORG18},
	    {{.document_user = OTHER_USER, .rule = SF_RULE_USER_MISMATCH}, ORG18},
	    {{.id_url = "https://evil.example" IDS, .rule = SF_RULE_ID_URL}, ""},
	    {{.instance_url = "https://evil.example", .rule = SF_RULE_INSTANCE_URL}, ""},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct sf_owner owner = {.org_id = "x"};
		struct sf_origin login;
		struct sf_facts facts;

		owner_facts(&rows[i].row, &login, &facts);

		const struct sf_owner_params params = {.login = &login,
		    .organization_id = owner_or(rows[i].row.organization_id, ORG18),
		    .facts = &facts};

		assert_int_equal(sf_owner_find(&params, &owner), rows[i].row.rule);
		assert_string_equal(owner.org_id, rows[i].org_id);
	}
}

/* As whoami and verify ask it: instance_url and id are not told again. */
static void a_stored_token_has_the_owner_that_the_document_names(void **state)
{
	static const struct owner_case rows[] = {
	    {.rule = SF_RULE_NONE},
	    {.document_user = USER15},
	    {.document_org = ORG15},
	    {.token_prefix = ""},
	    {.document_user = OTHER_USER, .rule = SF_RULE_USER_MISMATCH},
	    {.document_user = "", .rule = SF_RULE_USER_MISMATCH},
	    {.document_org = ORG_CASE, .rule = SF_RULE_ORG_MISMATCH},
	    {.document_org = "", .rule = SF_RULE_ORG_MISMATCH},
	    {.token_prefix = "00D5f000000aBcd", .rule = SF_RULE_ORG_MISMATCH},
	    {.asserted_user = FLAG(SF_GIVEN_ABSENT), .rule = SF_RULE_NOT_ASSERTED},
	    {.asserted_user = FLAG(SF_GIVEN_FALSE), .rule = SF_RULE_NOT_ASSERTED},
	};
	const struct sf_owner owner = {.org_id = ORG18, .user_id = USER18};
	const struct sf_owner nobody = {.org_id = ""};
	struct sf_origin login;
	struct sf_facts facts;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		owner_facts(&rows[i], &login, &facts);
		facts.instance_url[0] = facts.id_url[0] = '\0';
		assert_int_equal(sf_owner_check(&owner, &facts), rows[i].rule);
	}
	owner_facts(&rows[0], &login, &facts);
	assert_int_equal(sf_owner_check(&nobody, &facts), SF_RULE_ORG_MISMATCH);
	facts = (struct sf_facts){.asserted_user = SF_GIVEN_TRUE};
	assert_int_equal(sf_owner_check(&nobody, &facts), SF_RULE_ORG_MISMATCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_id_is_compared_in_both_of_its_lengths),
	    cmocka_unit_test(an_identity_url_names_an_owner_on_whatever_host),
	    cmocka_unit_test(the_owner_is_told_as_soon_as_id_names_one),
	    cmocka_unit_test(a_stored_token_has_the_owner_that_the_document_names),
	};

	return cmocka_run_group_tests_name("owner", tests, NULL, NULL);
}
