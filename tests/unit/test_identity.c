#include "identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "identity_policy.h"
#include "text.h"

#include "banned.h"

/* --- mapping --- */

/* In memory that ends with the map, so that a read past it shows under a sanitizer. */
static enum sf_err find_in(
    const char *map, const char *name, bool *ret_found, char *ret_id, struct sf_error *e)
{
	size_t len = strlen(map);
	char *exact = malloc(len > 0 ? len : 1);

	assert_non_null(exact);
	if (len > 0)
		memcpy(exact, map, len);
	enum sf_err r = sf_identity_map_find(exact, len, name, ret_found, ret_id, e);

	free(exact);
	return r;
}

static void a_map_finds_one_line_by_the_exact_name(void **state)
{
	static const char map[] =
	    "# people\n\nada " USER18 "\n\tkim\t" OTHER_USER
	    "  \t\t\n  \n \t\nAda 0055f00000EfGhkAAF\n  k " USER18 "\t\nlast " USER15 "\n\t ";
	static const struct {
		const char *name, *id;
	} rows[] = {
	    {"ada", USER18},
	    {"kim", OTHER_USER},
	    {"Ada", "0055f00000EfGhkAAF"},
	    {"last", USER18},
	    {"k", USER18},
	    {"ad", NULL},
	    {"adaa", NULL},
	    {"#", NULL},
	    {"", NULL},
	    {"people", NULL},
	};
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char id[SF_SFID_SIZE];
		bool found = false;

		assert_int_equal(find_in(map, rows[i].name, &found, id, &e), SF_OK);
		assert_int_equal(found, rows[i].id != NULL);
		if (found)
			assert_string_equal(id, rows[i].id);
	}
}

static void one_wrong_line_refuses_the_whole_map(void **state)
{
	static const char *const rows[] = {
	    "ada " USER18 "\nkim",
	    "ada " USER18 "\nkim\t",
	    "ada " USER18 "\nkim\n",
	    "ada " USER18 "\nkim 005\n",
	    "ada " USER18 "\nkim " ORG18 "\n",
	    "ada " USER18 " x\n",
	    "ada " USER18 "\nada " OTHER_USER "\n",
	    "ada:" USER18 "\n",
	    "ada 0055f00000EfGhiAAE\n",
	    "ada " USER18 "\r\n",
	};
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char id[SF_SFID_SIZE];
		bool found = false;

		if (find_in(rows[i], "ada", &found, id, &e) != SF_E_CONFIG)
			fail_msg("accepted: %s", rows[i]);
		assert_false(found);
		assert_int_equal(e.sys, 0);
	}
	assert_int_equal(
	    find_in(rows[0], "ada", &(bool){false}, (char[SF_SFID_SIZE]){""}, &e), SF_E_CONFIG);
	assert_string_equal(
	    e.detail, "user_map line 2: must be a name (up to 64 bytes) and an id (005...)");
	assert_int_equal(find_in("\nada " USER18 "\nada " USER18, "ada", &(bool){false},
			     (char[SF_SFID_SIZE]){""}, &e),
	    SF_E_CONFIG);
	assert_string_equal(e.detail, "user_map line 3: a name stands there twice");
}

static void a_name_in_a_map_has_64_bytes_at_most(void **state)
{
	char name[66] = "", map[128];
	struct sf_error e;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	for (size_t len = 64; len <= 65; len++) {
		struct sf_text text = SF_TEXT(map);
		char id[SF_SFID_SIZE];
		bool found = false;

		assert_true(sf_text_addf(&text, "%s " USER18 "\n", name + 65 - len));
		assert_int_equal(
		    find_in(map, name + 65 - len, &found, id, &e), len == 64 ? SF_OK : SF_E_CONFIG);
		assert_int_equal(found, len == 64);
	}
}

static void a_template_is_expanded_whole_or_not_at_all(void **state)
{
	char name[20];

	(void)state;
	assert_true(sf_identity_expand("{user}@a.example", "kim", name, sizeof(name)));
	assert_string_equal(name, "kim@a.example");
	assert_true(sf_identity_expand("x-{user}", "kim", name, sizeof(name)));
	assert_string_equal(name, "x-kim");
	assert_true(sf_identity_expand("{user}@a.example", "123456789", name, sizeof(name)));
	assert_false(sf_identity_expand("{user}@a.example", "1234567890", name, sizeof(name)));
	assert_false(sf_identity_expand("fixed@a.example", "kim", name, sizeof(name)));
	assert_false(sf_identity_expand("{user}@a.example", "", name, sizeof(name)));
	assert_false(sf_identity_expand("{user}@a.example", "k\xc3\xaem", name, sizeof(name)));
	assert_false(sf_identity_expand("{user}@a.example", "k\nm", name, sizeof(name)));
}

/* --- classes, cell by cell --- */

static const struct {
	const char *what, *name, *pw_name, *service, *group, *mapped_id;
	uid_t uid;
	bool exists, use_map;
	enum sf_class class_;
	enum sf_class_reason reason;
} accounts[] = {
    {"ours by template", "ada", "ada", "sshd", "users", NULL, 1000, true, false, SF_CLASS_OURS,
	SF_CLASS_REASON_NONE},
    {"ours by map", "ada", "ada", "sshd", "users", USER18, 1000, true, true, SF_CLASS_OURS,
	SF_CLASS_REASON_NONE},
    {"uid 0", "toor", "toor", "sshd", "users", USER18, 0, true, true, SF_CLASS_LOCAL,
	SF_CLASS_REASON_LOW_UID},
    {"uid 0, before all else", "backup", "backup", "cron", "wheel", NULL, 0, true, false,
	SF_CLASS_LOCAL, SF_CLASS_REASON_LOW_UID},
    {"low uid", "ada", "ada", "sshd", "users", NULL, 999, true, false, SF_CLASS_LOCAL,
	SF_CLASS_REASON_LOW_UID},
    {"service", "ada", "ada", "cron", "users", NULL, 1000, true, false, SF_CLASS_LOCAL,
	SF_CLASS_REASON_SERVICE},
    {"service, unknown name", "zoe", NULL, "cron", NULL, NULL, 0, false, false, SF_CLASS_LOCAL,
	SF_CLASS_REASON_SERVICE},
    {"local user", "backup", "backup", "sshd", "users", NULL, 2000, true, false, SF_CLASS_LOCAL,
	SF_CLASS_REASON_LOCAL_USER},
    {"local user that does not exist", "backup", NULL, "sshd", NULL, NULL, 0, false, false,
	SF_CLASS_LOCAL, SF_CLASS_REASON_LOCAL_USER},
    {"local group", "ada", "ada", "sshd", "wheel", NULL, 1000, true, false, SF_CLASS_LOCAL,
	SF_CLASS_REASON_LOCAL_GROUP},
    {"unknown", "zoe", NULL, "sshd", NULL, NULL, 0, false, false, SF_CLASS_NOBODY,
	SF_CLASS_REASON_UNKNOWN_USER},
    {"another spelling", "Ada", "ada", "sshd", "users", NULL, 1000, true, false, SF_CLASS_NOBODY,
	SF_CLASS_REASON_NAME_DIFFERS},
    {"no spelling", "ada", NULL, "sshd", "users", NULL, 1000, true, false, SF_CLASS_NOBODY,
	SF_CLASS_REASON_NAME_DIFFERS},
    {"denied", "mallory", "mallory", "sshd", "users", NULL, 1000, true, false, SF_CLASS_NOBODY,
	SF_CLASS_REASON_DENY_USERS},
    {"denied though mapped", "mallory", "mallory", "sshd", "users", USER18, 1000, true, true,
	SF_CLASS_NOBODY, SF_CLASS_REASON_DENY_USERS},
    {"not in the map", "ada", "ada", "sshd", "users", NULL, 1000, true, true, SF_CLASS_NOBODY,
	SF_CLASS_REASON_UNMAPPED},
    {"not expandable", "ad\xc3\xa4", "ad\xc3\xa4", "sshd", "users", NULL, 1000, true, false,
	SF_CLASS_NOBODY, SF_CLASS_REASON_UNMAPPED},
};

/* at: the place of the row's group among the account's. */
static void every_account_with_its_group_at(size_t at)
{
	for (size_t i = 0; i < SF_COUNT(accounts); i++) {
		struct sf_pam policy = policy_of_template();
		const char *const groups[] = {
		    at == 0 ? accounts[i].group : "people", at == 1 ? accounts[i].group : "people"};
		const struct sf_account account = {
		    .name = accounts[i].name,
		    .exists = accounts[i].exists,
		    .pw_name = accounts[i].pw_name,
		    .uid = accounts[i].uid,
		    .groups = groups,
		    .group_count = accounts[i].group ? 2 : 0,
		    .service = accounts[i].service,
		    .mapped_id = accounts[i].mapped_id,
		};
		enum sf_class_reason reason = SF_CLASS_REASON_UNMAPPED;

		policy.services = LIST("sshd");
		policy.local_users = LIST("backup");
		policy.local_groups = LIST("wheel");
		policy.deny_users = LIST("mallory");
		if (accounts[i].use_map) {
			policy.user_map = one("/etc/sfoauth/users");
			policy.username_template = one("");
		}
		if (sf_identity_class(&policy, &account, &reason) != accounts[i].class_ ||
		    reason != accounts[i].reason)
			fail_msg("%s: %s", accounts[i].what, sf_class_reason_name(reason));
	}
}

static void every_account_is_local_ours_or_nobody(void **state)
{
	(void)state;
	every_account_with_its_group_at(0);
	every_account_with_its_group_at(1);
}

static void every_reason_has_a_name_of_its_own(void **state)
{
	const unsigned count = SF_CLASS_REASON_UNMAPPED + 1;

	(void)state;
	assert_string_equal(sf_class_reason_name(SF_CLASS_REASON_DENY_USERS), "deny_users");
	for (unsigned a = 0; a < count; a++)
		for (unsigned b = 0; b < a; b++)
			assert_string_not_equal(sf_class_reason_name((enum sf_class_reason)a),
			    sf_class_reason_name((enum sf_class_reason)b));
	assert_string_equal(sf_class_reason_name((enum sf_class_reason)count), "bug");
}

static void without_a_list_every_service_is_ours(void **state)
{
	struct sf_pam policy = policy_of_template();
	const struct sf_account account = {
	    .name = "ada", .exists = true, .pw_name = "ada", .uid = 1000, .service = "x"};
	enum sf_class_reason reason;

	(void)state;
	assert_int_equal(sf_identity_class(&policy, &account, &reason), SF_CLASS_OURS);
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_map_finds_one_line_by_the_exact_name),
	    cmocka_unit_test(one_wrong_line_refuses_the_whole_map),
	    cmocka_unit_test(a_name_in_a_map_has_64_bytes_at_most),
	    cmocka_unit_test(every_reason_has_a_name_of_its_own),
	    cmocka_unit_test(a_template_is_expanded_whole_or_not_at_all),
	    cmocka_unit_test(every_account_is_local_ours_or_nobody),
	    cmocka_unit_test(without_a_list_every_service_is_ours),
	    cmocka_unit_test(over_ssh_a_key_can_be_demanded_first),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
