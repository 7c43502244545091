/* Whose business an account is, cell by cell. */
#include "account_class.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "identity_policy.h"

#include "banned.h"

static const struct {
	const char *what, *name, *pw_name, *service, *group, *mapped_id;
	uid_t uid;
	bool exists, use_map;
	enum sf_class account_class;
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

/* What depends on the host and on its caller. The account is mapped by template or map. */
static void the_host_and_its_caller_count(void **state)
{
	static const struct {
		const char *what, *name, *service;
		bool is_host_unprivileged, is_called_by_root, use_map, all_services;
		enum sf_class account_class;
		enum sf_class_reason reason;
	} rows[] = {
	    {"an unprivileged host", "ada", "sshd", true, false, false, false, SF_CLASS_LOCAL,
		SF_CLASS_REASON_UNPRIVILEGED},
	    {"root at su, mapped", "ada", "su", false, true, false, true, SF_CLASS_OURS,
		SF_CLASS_REASON_NONE},
	    {"root at su, not mapped", "ada", "su", false, true, true, true, SF_CLASS_LOCAL,
		SF_CLASS_REASON_ROOT_CALLER},
	    {"root at su -l, not mapped", "ada", "su-l", false, true, true, true, SF_CLASS_LOCAL,
		SF_CLASS_REASON_ROOT_CALLER},
	    {"another at su, not mapped", "ada", "su", false, false, true, true, SF_CLASS_NOBODY,
		SF_CLASS_REASON_UNMAPPED},
	    {"root in sshd, not mapped", "ada", "sshd", false, true, true, false, SF_CLASS_NOBODY,
		SF_CLASS_REASON_UNMAPPED},
	    {"root at su, denied", "mallory", "su", false, true, true, true, SF_CLASS_NOBODY,
		SF_CLASS_REASON_DENY_USERS},
	    {"every service", "ada", "sfhost", false, false, false, true, SF_CLASS_OURS,
		SF_CLASS_REASON_NONE},
	    {"capitals under a template", "ADA", "sshd", false, false, false, false,
		SF_CLASS_NOBODY, SF_CLASS_REASON_NAME_CAPITALS},
	    {"one capital under a template", "adA", "sshd", false, false, false, false,
		SF_CLASS_NOBODY, SF_CLASS_REASON_NAME_CAPITALS},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct sf_pam policy = policy_of_template();
		const struct sf_account account = {
		    .name = rows[i].name,
		    .exists = true,
		    .pw_name = rows[i].name,
		    .uid = 1000,
		    .service = rows[i].service,
		    .is_host_unprivileged = rows[i].is_host_unprivileged,
		    .is_called_by_root = rows[i].is_called_by_root,
		};
		enum sf_class_reason reason = SF_CLASS_REASON_UNMAPPED;

		policy.services = LIST(rows[i].all_services ? "*" : "sshd");
		policy.deny_users = LIST("mallory");
		if (rows[i].use_map) {
			policy.user_map = one("/etc/sfoauth/users");
			policy.username_template = one("");
		}
		if (sf_account_class_of(&policy, &account, &reason) != rows[i].account_class ||
		    reason != rows[i].reason)
			fail_msg("%s: %s", rows[i].what, sf_class_reason_name(reason));
	}
}

/* With a map, names are told apart byte for byte. */
static void capitals_are_no_matter_where_a_map_names_the_account(void **state)
{
	struct sf_pam policy = policy_of_template();
	const struct sf_account account = {.name = "ADA",
	    .exists = true,
	    .pw_name = "ADA",
	    .uid = 1000,
	    .service = "sshd",
	    .mapped_id = USER18};
	enum sf_class_reason reason = SF_CLASS_REASON_UNMAPPED;

	(void)state;
	policy.user_map = one("/etc/sfoauth/users");
	policy.username_template = one("");
	assert_int_equal(sf_account_class_of(&policy, &account, &reason), SF_CLASS_OURS);
}

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
		if (sf_account_class_of(&policy, &account, &reason) != accounts[i].account_class ||
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
	assert_int_equal(sf_account_class_of(&policy, &account, &reason), SF_CLASS_OURS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_account_is_local_ours_or_nobody),
	    cmocka_unit_test(the_host_and_its_caller_count),
	    cmocka_unit_test(capitals_are_no_matter_where_a_map_names_the_account),
	    cmocka_unit_test(every_reason_has_a_name_of_its_own),
	    cmocka_unit_test(without_a_list_every_service_is_ours),
	};

	return cmocka_run_group_tests_name("account_class", tests, NULL, NULL);
}
