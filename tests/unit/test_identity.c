/* The rules of DESIGN.md, "Who is let in", as the module asks for them. */
#include "identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "identity_policy.h"
#include "owner_cases.h"
#include "text.h"

#include "banned.h"

/* --- rule 1 --- */

static void over_ssh_a_key_can_be_demanded_first(void **state)
{
	static const struct {
		enum sf_first_factor want;
		const char *service, *auth_info;
		enum sf_rule rule;
	} rows[] = {
	    {SF_FIRST_FACTOR_NONE, "sshd", NULL, SF_RULE_NONE},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", NULL, SF_RULE_FIRST_FACTOR},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "", SF_RULE_FIRST_FACTOR},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "password\n", SF_RULE_FIRST_FACTOR},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "password publickey \n", SF_RULE_FIRST_FACTOR},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "publickeyx y\n", SF_RULE_FIRST_FACTOR},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "publickey ssh-ed25519 AAAA\n", SF_RULE_NONE},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "password\npublickey ssh-ed25519 AAAA",
		SF_RULE_NONE},
	    {SF_FIRST_FACTOR_PUBLICKEY, "login", NULL, SF_RULE_NONE},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct sf_pam policy = {.ssh_first_factor = rows[i].want};

		assert_int_equal(
		    sf_identity_first_factor(&policy, rows[i].service, rows[i].auth_info),
		    rows[i].rule);
	}
}

/* --- rules 2 to 7 --- */

struct world {
	struct sf_pam policy;
	struct sf_origin pinned;
	const char *organization_id;
	struct sf_account account;
	struct sf_facts facts;
};

static void make_world(const struct owner_case *row, struct world *w)
{
	static char standard[] = "STANDARD";
	static char *types[] = {standard};

	*w = (struct world){.policy = policy_of_template(),
	    .organization_id = owner_or(row->organization_id, ORG18)};
	owner_facts(row, &w->pinned, &w->facts);
	w->policy.allow_user_types = (struct sf_list){.items = types, .count = SF_COUNT(types)};
	w->account = (struct sf_account){
	    .name = "ada", .exists = true, .pw_name = "ada", .uid = 1000, .service = "sshd"};
}

static void make_good_world(struct world *w)
{
	make_world(&(struct owner_case){.rule = SF_RULE_NONE}, w);
}

static enum sf_rule decide(const struct world *w)
{
	const struct sf_identity_params params = {
	    .policy = &w->policy,
	    .pinned = &w->pinned,
	    .organization_id = w->organization_id,
	    .account = &w->account,
	    .facts = &w->facts,
	};

	return sf_identity_decide(&params);
}

static void whoever_meets_every_rule_is_let_in(void **state)
{
	struct world w;

	(void)state;
	make_good_world(&w);
	assert_int_equal(decide(&w), SF_RULE_NONE);
}

static void every_fact_decides_as_its_row_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(owner_cases); i++) {
		struct world w;

		make_world(&owner_cases[i], &w);
		if (decide(&w) != owner_cases[i].rule)
			fail_msg("row %zu: instance_url %s, id %s, username %s: %s", i,
			    w.facts.instance_url, w.facts.id_url, w.facts.username,
			    sf_rule_name(decide(&w)));
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

/* Older replies of userinfo lack the flag: no employee is shut out, no other type is let in. */
static void an_absent_flag_is_no_only_for_employees(void **state)
{
	static const struct {
		const char *type;
		enum sf_given flag;
		enum sf_rule rule;
	} rows[] = {
	    {"STANDARD", SF_GIVEN_ABSENT, SF_RULE_NONE},
	    {"STANDARD", SF_GIVEN_TRUE, SF_RULE_INTEGRATION_USER},
	    {"CSN_ONLY", SF_GIVEN_FALSE, SF_RULE_NONE},
	    {"CSN_ONLY", SF_GIVEN_ABSENT, SF_RULE_INTEGRATION_USER},
	    {"CSN_ONLY", SF_GIVEN_TRUE, SF_RULE_INTEGRATION_USER},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct owner_case row = {
		    .user_type = rows[i].type, .integration_user = FLAG((int)rows[i].flag)};
		struct world w;

		make_world(&row, &w);
		w.policy.allow_user_types = LIST(rows[i].type);
		assert_int_equal(decide(&w), rows[i].rule);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(over_ssh_a_key_can_be_demanded_first),
	    cmocka_unit_test(whoever_meets_every_rule_is_let_in),
	    cmocka_unit_test(every_fact_decides_as_its_row_says),
	    cmocka_unit_test(an_absent_flag_is_no_only_for_employees),
	    cmocka_unit_test(the_map_compares_ids_and_not_names),
	    cmocka_unit_test(without_any_mapping_rule_nobody_is_let_in),
	    cmocka_unit_test(a_required_permission_must_be_there_and_any_one_suffices),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
