/* One key of a configuration file is set or removed; every other byte stays. */
#include "conf_edit.h"

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

#include "banned.h"

static void is_edited(
    const char *before, const char *section, const char *key, const char *value, const char *after)
{
	const struct sf_conf_edit edit = {.section = section, .key = key, .value = value};
	char *text = NULL, *again = NULL;

	assert_true(sf_conf_edit_set(before, &edit, &text));
	assert_string_equal(text, after);
	/* Doing it twice changes nothing more. */
	assert_true(sf_conf_edit_set(text, &edit, &again));
	assert_string_equal(again, after);
	free(text);
	free(again);
}

static void an_empty_file_gets_a_section(void **state)
{
	(void)state;
	is_edited("", "org acme", "client_id", "x", "[org acme]\nclient_id = x\n");
	is_edited("# mine\n", "pam", "org", "acme", "# mine\n\n[pam]\norg = acme\n");
}

static void a_key_is_replaced_where_it_stands_and_all_else_stays(void **state)
{
	(void)state;
	is_edited("# a\n[org acme]\nlogin_url = https://a\n# client_id = old\n\tclient_id=y # z\n"
		  "scopes = api\n\n[org b]\nclient_id = b\n",
	    "org acme", "client_id", "x",
	    "# a\n[org acme]\nlogin_url = https://a\n# client_id = old\nclient_id = x\n"
	    "scopes = api\n\n[org b]\nclient_id = b\n");
}

static void a_new_key_goes_to_the_end_of_its_own_section(void **state)
{
	(void)state;
	is_edited("[org acme]\nlogin_url = https://a\n\n\n[org b]\nclient_id = b\n", "org acme",
	    "client_id", "x",
	    "[org acme]\nlogin_url = https://a\nclient_id = x\n\n\n[org b]\nclient_id = b\n");
	is_edited("[org b]\nclient_id = b", "org b", "flow", "device",
	    "[org b]\nclient_id = b\nflow = device\n");
	is_edited("[ org  acme ]\n[pam]\n", "pam", "org", "b", "[ org  acme ]\n[pam]\norg = b\n");
}

static void a_key_that_stands_several_times_stands_once_afterwards(void **state)
{
	(void)state;
	is_edited("[org a]\ncallback = http://localhost/1\nx = 1\ncallback = http://localhost/2\n",
	    "org a", "callback", "http://localhost/3",
	    "[org a]\ncallback = http://localhost/3\nx = 1\n");
}

static void a_key_is_taken_out(void **state)
{
	(void)state;
	is_edited("[pam]\nuser_map = /x\norg = a\n", "pam", "user_map", NULL, "[pam]\norg = a\n");
	is_edited("[org a]\nx = 1\n", "pam", "user_map", NULL, "[org a]\nx = 1\n");
}

static void a_longer_key_is_another_one(void **state)
{
	(void)state;
	is_edited("[org a]\nclient_id_x = 1\n", "org a", "client_id", "2",
	    "[org a]\nclient_id_x = 1\nclient_id = 2\n");
}

static void a_file_is_written_whole_with_its_mode_and_directories(void **state)
{
	char dir[] = "/tmp/sfoauth-test-XXXXXX", path[128], beside[140], text[16] = {0};
	struct sf_conf_edit_file file = {.path = path, .mode = 0600};
	struct sf_error e;
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a/b/x.conf", dir);
	assert_int_equal(sf_conf_edit_write(&file, "one\n", &e), SF_OK);
	assert_int_equal(sf_conf_edit_write(&file, "two\n", &e), SF_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	FILE *read_back = fopen(path, "re");

	assert_non_null(fgets(text, sizeof(text), read_back));
	assert_string_equal(text, "two\n");
	fclose(read_back);
	/* What another writer has half done beside it is left alone. */
	snprintf(beside, sizeof(beside), "%s.new", path);
	assert_int_equal(symlink("half", beside), 0);
	assert_int_equal(sf_conf_edit_write(&file, "two\n", &e), SF_OK);
	assert_int_equal(unlink(beside), 0);
	assert_int_equal(unlink(path), 0);
	/* Where a directory stands, nothing is written, and nothing is left beside it. */
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(sf_conf_edit_write(&file, "three\n", &e), SF_E_SYSTEM);
	assert_int_equal(rmdir(path), 0);
	snprintf(path, sizeof(path), "%s/a/b", dir);
	assert_int_equal(rmdir(path), 0);
	snprintf(path, sizeof(path), "%s/a", dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_file_gets_a_section),
	    cmocka_unit_test(a_key_is_replaced_where_it_stands_and_all_else_stays),
	    cmocka_unit_test(a_new_key_goes_to_the_end_of_its_own_section),
	    cmocka_unit_test(a_key_that_stands_several_times_stands_once_afterwards),
	    cmocka_unit_test(a_key_is_taken_out),
	    cmocka_unit_test(a_longer_key_is_another_one),
	    cmocka_unit_test(a_file_is_written_whole_with_its_mode_and_directories),
	};

	return cmocka_run_group_tests_name("conf_edit", tests, NULL, NULL);
}
