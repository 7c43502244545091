/* The file of a user's default org and default users: round trip, room, links. */
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

#include "defaults.h"

#include "banned.h"

#define STATE "/.local/state/sfoauth"

static int make_home(void **state)
{
	static char home[32];

	(void)snprintf(home, sizeof(home), "/tmp/sfoauth-choice-XXXXXX");
	*state = home;
	return !mkdtemp(home);
}

static int remove_home(void **state)
{
	static const char *const below[] = {STATE "/use", STATE, "/.local/state", "/.local", ""};
	int left = 0;

	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		char path[96];

		/* What a test did not make is not there; at the end the home itself must go. */
		(void)snprintf(path, sizeof(path), "%s%s", (const char *)*state, below[i]);
		left = remove(path);
	}
	return left;
}

static void put_file(const char *home, const char *text)
{
	const struct sf_defaults none = {0};
	struct sf_error e;
	char path[96];
	FILE *file;

	assert_int_equal(sf_defaults_write(home, &none, &e), SF_OK);
	(void)snprintf(path, sizeof(path), "%s" STATE "/use", home);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void without_a_file_nothing_is_chosen(void **state)
{
	struct sf_defaults choice;

	sf_defaults_read(*state, &choice);
	assert_string_equal(choice.org, "");
	assert_int_equal(choice.user_count, 0);
	assert_null(sf_defaults_user(&choice, "acme"));
}

static void what_was_written_is_read_again(void **state)
{
	struct sf_defaults choice = {0}, read;
	struct sf_error e;

	assert_true(sf_defaults_set_org(&choice, "acme"));
	assert_true(sf_defaults_set_user(&choice, "acme", "ada@acme.example"));
	assert_true(sf_defaults_set_user(&choice, "more", "kim@acme.example"));
	assert_true(sf_defaults_set_user(&choice, "acme", "sue@acme.example"));
	assert_int_equal(sf_defaults_write(*state, &choice, &e), SF_OK);
	sf_defaults_read(*state, &read);
	assert_string_equal(read.org, "acme");
	assert_int_equal(read.user_count, 2);
	assert_string_equal(sf_defaults_user(&read, "acme"), "sue@acme.example");
	assert_string_equal(sf_defaults_user(&read, "more"), "kim@acme.example");
}

static void a_user_that_is_taken_back_is_nobodys(void **state)
{
	struct sf_defaults choice = {0};

	(void)state;
	assert_true(sf_defaults_set_user(&choice, "acme", "ada@acme.example"));
	assert_true(sf_defaults_set_user(&choice, "more", "kim@acme.example"));
	assert_true(sf_defaults_set_user(&choice, "acme", NULL));
	assert_true(sf_defaults_set_user(&choice, "acme", NULL));
	assert_null(sf_defaults_user(&choice, "acme"));
	assert_string_equal(sf_defaults_user(&choice, "more"), "kim@acme.example");
}

static void lines_that_are_not_understood_mean_nothing(void **state)
{
	struct sf_defaults choice;
	char text[SF_TOKEN_USERNAME_SIZE + 128];

	(void)snprintf(text, sizeof(text),
	    "what\nuser acme\nuser acme \nuser  \norg a\tb\nuser more %0*d\norg acme\norg cut",
	    SF_TOKEN_USERNAME_SIZE, 0);
	put_file(*state, text);
	sf_defaults_read(*state, &choice);
	assert_string_equal(choice.org, "acme");
	assert_null(sf_defaults_user(&choice, "acme"));
}

static void a_link_is_not_followed(void **state)
{
	struct sf_defaults choice;
	char path[96];

	put_file(*state, "org acme\n");
	(void)snprintf(path, sizeof(path), "%s" STATE "/use", (const char *)*state);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	sf_defaults_read(*state, &choice);
	assert_string_equal(choice.org, "");
}

static void a_file_that_others_may_write_does_not_count(void **state)
{
	struct sf_defaults choice;
	char path[96];

	put_file(*state, "org acme\n");
	(void)snprintf(path, sizeof(path), "%s" STATE "/use", (const char *)*state);
	assert_int_equal(chmod(path, 0622), 0);
	sf_defaults_read(*state, &choice);
	assert_string_equal(choice.org, "");
}

static void there_is_room_for_every_org_and_no_more(void **state)
{
	struct sf_defaults choice = {0};
	char org[16];

	(void)state;
	for (int i = 0; i < SF_CONFIG_ORGS_MAX; i++) {
		(void)snprintf(org, sizeof(org), "org%d", i);
		assert_true(sf_defaults_set_user(&choice, org, "ada@acme.example"));
	}
	assert_false(sf_defaults_set_user(&choice, "more", "ada@acme.example"));
	assert_true(sf_defaults_set_user(&choice, "org3", "kim@acme.example"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		without_a_file_nothing_is_chosen, make_home, remove_home),
	    cmocka_unit_test_setup_teardown(what_was_written_is_read_again, make_home, remove_home),
	    cmocka_unit_test(a_user_that_is_taken_back_is_nobodys),
	    cmocka_unit_test_setup_teardown(
		lines_that_are_not_understood_mean_nothing, make_home, remove_home),
	    cmocka_unit_test_setup_teardown(a_link_is_not_followed, make_home, remove_home),
	    cmocka_unit_test_setup_teardown(
		a_file_that_others_may_write_does_not_count, make_home, remove_home),
	    cmocka_unit_test(there_is_room_for_every_org_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
