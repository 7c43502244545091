/* How an account and its groups are found in the user database, and what a user map decides. */
#include "account.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "file.h"
#include "text.h"

#include "banned.h"

#define ID       "0055f00000EfGhiAAF"
#define MISSING  "sf-no-such-account"
#define ORDINARY "nobody" /* exists everywhere, with a high uid */

static char none[] = "";

static struct sf_pam policy_with(char *template_text, char *user_map)
{
	return (struct sf_pam){
	    .username_template = template_text, .user_map = user_map, .min_uid = 1000};
}

static enum sf_class class_of(
    const char *name, const struct sf_pam *policy, enum sf_class_reason *ret_reason)
{
	SF_CLEANUP(sf_account_clear) struct sf_account_entry entry = {0};
	enum sf_class account_class = SF_CLASS_NOBODY;
	struct sf_error e;

	assert_int_equal(sf_account_find(name, &entry, &e), SF_OK);
	assert_int_equal(
	    sf_account_class(&entry, policy, "sshd", &account_class, ret_reason, &e), SF_OK);
	return account_class;
}

static void an_account_is_found_as_the_database_has_it(void **state)
{
	SF_CLEANUP(sf_account_clear) struct sf_account_entry entry = {0};
	const struct passwd *wanted = getpwnam(ORDINARY);
	struct sf_error e;

	(void)state;
	assert_non_null(wanted);
	assert_int_equal(sf_account_find(ORDINARY, &entry, &e), SF_OK);
	assert_true(entry.account.exists);
	assert_string_equal(entry.account.pw_name, ORDINARY);
	assert_int_equal(entry.account.uid, wanted->pw_uid);
	assert_int_equal(entry.gid, wanted->pw_gid);
}

static void a_name_that_does_not_exist_is_an_outcome(void **state)
{
	SF_CLEANUP(sf_account_clear) struct sf_account_entry entry = {0};
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_account_find(MISSING, &entry, &e), SF_OK);
	assert_false(entry.account.exists);
	assert_string_equal(entry.account.name, MISSING);
	assert_int_equal(sf_account_groups(&entry, &e), SF_E_BUG);
}

static void the_groups_hold_the_primary_one(void **state)
{
	SF_CLEANUP(sf_account_clear) struct sf_account_entry entry = {0};
	struct sf_error e;
	bool has_primary = false;

	(void)state;
	assert_int_equal(sf_account_find("root", &entry, &e), SF_OK);
	assert_int_equal(sf_account_groups(&entry, &e), SF_OK);
	for (size_t i = 0; i < entry.group_count; i++)
		has_primary = has_primary || entry.groups[i] == 0;
	assert_true(has_primary);
}

static void a_member_of_a_local_group_is_local(void **state)
{
	char template_text[] = "{user}@acme.example";
	const struct passwd *passwd = getpwnam(ORDINARY);
	const struct group *group = passwd ? getgrgid(passwd->pw_gid) : NULL;
	struct sf_pam policy = policy_with(template_text, none);
	enum sf_class_reason reason;

	(void)state;
	assert_non_null(group);
	assert_int_equal(class_of(ORDINARY, &policy, &reason), SF_CLASS_OURS);
	assert_true(sf_list_add(&policy.local_groups, group->gr_name));
	assert_int_equal(class_of(ORDINARY, &policy, &reason), SF_CLASS_LOCAL);
	assert_int_equal(reason, SF_CLASS_REASON_LOCAL_GROUP);
	sf_list_clear(&policy.local_groups);
}

/* A user_map in a directory that nobody else can write to. */
struct map {
	char dir[32];
	char path[40];
};

static struct map write_map(const char *text)
{
	struct map map = {.dir = "/tmp/sf-test-map-XXXXXX"};
	struct sf_text path = SF_TEXT(map.path);
	SF_CLEANUP(sf_fd_closep) int fd = -1;

	assert_non_null(mkdtemp(map.dir));
	assert_true(sf_text_addf(&path, "%s/users", map.dir));
	fd = open(map.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_true(sf_file_write_all(fd, text, strlen(text)));
	return map;
}

static void remove_map(const struct map *map)
{
	assert_int_equal(unlink(map->path), 0);
	assert_int_equal(rmdir(map->dir), 0);
}

static void a_map_decides_who_is_ours(void **state)
{
	struct map map = write_map("# people\n" ORDINARY " " ID "\n");
	struct sf_pam policy = policy_with(none, map.path);
	enum sf_class_reason reason;

	(void)state;
	assert_int_equal(class_of(ORDINARY, &policy, &reason), SF_CLASS_OURS);
	assert_int_equal(class_of(MISSING, &policy, &reason), SF_CLASS_NOBODY);
	assert_int_equal(reason, SF_CLASS_REASON_UNKNOWN_USER);
	assert_int_equal(class_of("daemon", &policy, &reason), SF_CLASS_LOCAL);
	remove_map(&map);
}

static void whoever_is_not_in_the_map_is_nobody(void **state)
{
	struct map map = write_map("somebody " ID "\n");
	struct sf_pam policy = policy_with(none, map.path);
	enum sf_class_reason reason;

	(void)state;
	assert_int_equal(class_of(ORDINARY, &policy, &reason), SF_CLASS_NOBODY);
	assert_int_equal(reason, SF_CLASS_REASON_UNMAPPED);
	remove_map(&map);
}

static void a_map_that_others_may_write_fails_but_not_for_local_accounts(void **state)
{
	SF_CLEANUP(sf_account_clear) struct sf_account_entry entry = {0};
	struct map map = write_map(ORDINARY " " ID "\n");
	struct sf_pam policy = policy_with(none, map.path);
	enum sf_class account_class = SF_CLASS_NOBODY;
	enum sf_class_reason reason;
	struct sf_error e;

	(void)state;
	assert_int_equal(chmod(map.path, 0666), 0);
	assert_int_equal(class_of("daemon", &policy, &reason), SF_CLASS_LOCAL);
	assert_int_equal(sf_account_find(ORDINARY, &entry, &e), SF_OK);
	assert_int_equal(
	    sf_account_class(&entry, &policy, "sshd", &account_class, &reason, &e), SF_E_CONFIG);
	remove_map(&map);
}

static void a_bad_line_of_a_map_concerns_its_own_account_alone(void **state)
{
	static const struct {
		const char *text;
		enum sf_class account_class;
	} rows[] = {
	    {"kim kim@acme.example\n" ORDINARY " " ID "\n", SF_CLASS_OURS},
	    {ORDINARY " " ORDINARY "@acme.example\nkim " ID "\n", SF_CLASS_NOBODY},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct map map = write_map(rows[i].text);
		struct sf_pam policy = policy_with(none, map.path);
		enum sf_class_reason reason;

		assert_int_equal(class_of(ORDINARY, &policy, &reason), rows[i].account_class);
		remove_map(&map);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_account_is_found_as_the_database_has_it),
	    cmocka_unit_test(a_name_that_does_not_exist_is_an_outcome),
	    cmocka_unit_test(the_groups_hold_the_primary_one),
	    cmocka_unit_test(a_member_of_a_local_group_is_local),
	    cmocka_unit_test(a_map_decides_who_is_ours),
	    cmocka_unit_test(whoever_is_not_in_the_map_is_nobody),
	    cmocka_unit_test(a_map_that_others_may_write_fails_but_not_for_local_accounts),
	    cmocka_unit_test(a_bad_line_of_a_map_concerns_its_own_account_alone),
	};

	return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
