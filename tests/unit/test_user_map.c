/* How a Salesforce username becomes a line of the user map, or a reason why not. */
#include "user_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

#define ID(n) "0055f00000EfGh" n

static void names_become_what_an_account_can_be_called(void **state)
{
	static const struct {
		const char *username, *name;
	} rows[] = {
	    {"ada@acme.example", "ada"},
	    {"Ada.Lovelace@acme.example", "ada_lovelace"},
	    {"1st@acme.example", "_1st"},
	    {"-x@acme.example", "_-x"},
	    {"o'hara+x@acme.example", "o_hara_x"},
	    {"no-at", "no-at"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char name[SF_USER_MAP_NAME_SIZE];

		assert_true(sf_user_map_name(rows[i].username, name));
		assert_string_equal(name, rows[i].name);
	}
	char name[SF_USER_MAP_NAME_SIZE];

	assert_false(sf_user_map_name("@acme.example", name));
	assert_false(sf_user_map_name("abcdefghijklmnopqrstuvwxyz0123456@acme.example", name));
}

static void who_cannot_be_a_line_gets_a_reason(void **state)
{
	SF_CLEANUP(sf_user_map_clear) struct sf_user_map users = {0};

	(void)state;
	assert_true(sf_user_map_add(&users, "root@acme.example", ID("a")));
	assert_true(sf_user_map_add(&users, "daemon@acme.example", ID("b")));
	assert_true(sf_user_map_add(&users, "bin@acme.example", ID("c")));
	assert_true(sf_user_map_add(&users, "BIN@other.example", ID("d")));
	assert_true(sf_user_map_add(&users, "sf-no-such-account@acme.example", ID("e")));
	assert_true(sf_user_map_add(&users, "@acme.example", ID("f")));
	/* Once more is nothing new. */
	assert_true(sf_user_map_add(&users, "daemon@acme.example", ID("b")));
	sf_user_map_judge(&users);
	assert_int_equal(users.count, 6);
	assert_int_equal(users.list[0].state, SF_USER_MAP_NO_NAME);
	assert_string_equal(users.list[1].name, "bin");
	assert_int_equal(users.list[1].state, SF_USER_MAP_TWICE);
	assert_int_equal(users.list[2].state, SF_USER_MAP_TWICE);
	assert_string_equal(users.list[3].name, "daemon");
	assert_int_equal(users.list[3].state, SF_USER_MAP_READY);
	assert_int_equal(users.list[4].state, SF_USER_MAP_ROOT);
	assert_int_equal(users.list[5].state, SF_USER_MAP_NO_ACCOUNT);
}

static void a_domain_that_is_not_the_usual_one_is_marked(void **state)
{
	static const struct {
		const char *names[4];
		enum sf_user_map_state states[4];
	} rows[] = {
	    {{"bin@acme.example", "daemon@other.example", "games@ACME.example", "sys@acme.example"},
		{SF_USER_MAP_READY, SF_USER_MAP_OTHER_DOMAIN, SF_USER_MAP_READY,
		    SF_USER_MAP_READY}},
	    {{"bin@acme.example", "daemon@other.example", "games@other.example",
		 "sys@acme.example"},
		{SF_USER_MAP_READY, SF_USER_MAP_READY, SF_USER_MAP_READY, SF_USER_MAP_READY}},
	    {{"bin@x.example", "daemon@a.example", "games@x.example", "sys@z.example"},
		{SF_USER_MAP_READY, SF_USER_MAP_OTHER_DOMAIN, SF_USER_MAP_READY,
		    SF_USER_MAP_OTHER_DOMAIN}},
	    {{"bin@acme.example", "daemon@acme.example.other", "games@acme.example", "sys"},
		{SF_USER_MAP_READY, SF_USER_MAP_OTHER_DOMAIN, SF_USER_MAP_READY,
		    SF_USER_MAP_OTHER_DOMAIN}},
	};
	static const char *const ids[] = {ID("a"), ID("b"), ID("c"), ID("d")};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_user_map_clear) struct sf_user_map users = {0};

		for (size_t u = 0; u < 4; u++)
			assert_true(sf_user_map_add(&users, rows[i].names[u], ids[u]));
		sf_user_map_judge(&users);
		for (size_t u = 0; u < 4; u++)
			assert_int_equal(users.list[u].state, rows[i].states[u]);
	}
}

static void what_is_no_user_is_refused(void **state)
{
	SF_CLEANUP(sf_user_map_clear) struct sf_user_map users = {0};

	(void)state;
	assert_false(sf_user_map_add(&users, "ada@acme.example", "00D5f000000Abcd"));
	assert_false(sf_user_map_add(&users, "ada@acme.example", "005"));
	/* A line of a user_map of its own. */
	assert_false(sf_user_map_add(&users, "ada\nroot 0055f00000EfGhi", ID("a")));
	assert_int_equal(users.count, 0);
	sf_user_map_judge(&users);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_become_what_an_account_can_be_called),
	    cmocka_unit_test(who_cannot_be_a_line_gets_a_reason),
	    cmocka_unit_test(a_domain_that_is_not_the_usual_one_is_marked),
	    cmocka_unit_test(what_is_no_user_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
