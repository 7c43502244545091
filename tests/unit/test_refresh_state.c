/* The mark that a refresh token was sent, and when it forbids a second use. */
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
#include "refresh_state.h"
#include "state_dir.h"

#include "banned.h"

#define OLD "0123456789abcdef"
#define NEW "fedcba9876543210"

static struct sf_state_dir_place place = {
    .key = "https://acme.my.salesforce.com:443", .user = "ada@acme.example"};
static char home[] = "/tmp/sfoauth-spend-XXXXXX";

static int make_home(void **state)
{
	(void)state;
	memcpy(home, "/tmp/sfoauth-spend-XXXXXX", sizeof(home));
	place.home = home;
	return !mkdtemp(home);
}

static void file_of(const char *suffix, char path[static 256])
{
	char name[SF_STATE_DIR_NAME_SIZE];

	sf_state_dir_name(name, place.key, place.user, suffix);
	(void)snprintf(path, 256, "%s/.local/state/sfoauth/%s", home, name);
}

static int remove_home(void **state)
{
	static const char *const below[] = {".local/state/sfoauth", ".local/state", ".local", "."};
	static const char *const suffixes[] = {".sent", ".rotation"};
	char path[256];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(suffixes); i++) {
		file_of(suffixes[i], path);
		(void)unlink(path);
	}
	for (size_t i = 0; i + 1 < SF_COUNT(below); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", home, below[i]);
		(void)rmdir(path);
	}
	return rmdir(home);
}

/* What a worker does with the mark. */
static void write_mark(const char *text)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	struct sf_error e;

	assert_int_equal(sf_refresh_state_open(&place, OLD, &fd, &e), SF_OK);
	for (const char *part = text; *part != '\0'; part += strcspn(part, "|") + (*part == '|'))
		assert_true(sf_file_write_all(fd, part, strcspn(part, "|")));
}

static enum sf_err check(const char *generation)
{
	struct sf_error e;

	return sf_refresh_state_check(&place, generation, &e);
}

static void without_a_mark_a_token_may_be_presented(void **state)
{
	(void)state;
	assert_int_equal(check(OLD), SF_OK);
	write_mark("");
	assert_int_equal(check(OLD), SF_OK);
}

static void where_rotation_is_unknown_a_token_is_presented_twice(void **state)
{
	(void)state;
	write_mark(OLD);
	assert_int_equal(check(OLD), SF_OK);
	/* Opened, and the process ended before it sent anything. */
	write_mark("");
	assert_int_equal(check(OLD), SF_OK);
	write_mark(OLD);
	assert_int_equal(check(OLD), SF_E_SPENT);
	assert_int_equal(check(OLD), SF_E_SPENT);
	assert_int_equal(check(NEW), SF_OK);
}

static void a_second_use_that_is_taken_back_leaves_the_first(void **state)
{
	(void)state;
	write_mark(OLD);
	for (int i = 0; i < 3; i++) {
		write_mark(OLD "|-");
		assert_int_equal(check(OLD), SF_OK);
	}
	sf_refresh_state_learn(&place, /* rotates= */ true);
	assert_int_equal(check(OLD), SF_E_SPENT);
}

static void another_generation_is_another_token(void **state)
{
	(void)state;
	write_mark(OLD);
	assert_int_equal(check(NEW), SF_OK);
}

static void a_mark_that_is_taken_back_is_none(void **state)
{
	(void)state;
	sf_refresh_state_learn(&place, /* rotates= */ true);
	write_mark(OLD "-");
	assert_int_equal(check(OLD), SF_OK);
	write_mark(OLD "|-");
	assert_int_equal(check(OLD), SF_OK);
	write_mark(OLD);
	assert_int_equal(check(OLD), SF_E_SPENT);
}

static void where_tokens_rotate_a_mark_counts(void **state)
{
	(void)state;
	sf_refresh_state_learn(&place, /* rotates= */ true);
	write_mark(OLD);
	assert_int_equal(check(OLD), SF_E_SPENT);
}

static void where_tokens_stay_good_no_mark_counts(void **state)
{
	(void)state;
	write_mark(OLD);
	sf_refresh_state_learn(&place, /* rotates= */ false);
	assert_int_equal(check(OLD), SF_OK);
	/* An administrator switches rotation on. */
	sf_refresh_state_learn(&place, /* rotates= */ true);
	assert_int_equal(check(OLD), SF_E_SPENT);
}

static void a_mark_that_cannot_be_read_is_a_failure(void **state)
{
	char path[256];

	(void)state;
	write_mark("");
	file_of(".sent", path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(check(OLD), SF_E_SYSTEM);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(check(OLD), SF_E_SYSTEM);
	assert_int_equal(rmdir(path), 0);
	place.home = "/nonexistent";
	assert_int_equal(check(OLD), SF_E_SYSTEM);
}

int main(void)
{
#define WITH_HOME(test) cmocka_unit_test_setup_teardown(test, make_home, remove_home)
	const struct CMUnitTest tests[] = {
	    WITH_HOME(without_a_mark_a_token_may_be_presented),
	    WITH_HOME(where_rotation_is_unknown_a_token_is_presented_twice),
	    WITH_HOME(a_second_use_that_is_taken_back_leaves_the_first),
	    WITH_HOME(another_generation_is_another_token),
	    WITH_HOME(a_mark_that_is_taken_back_is_none),
	    WITH_HOME(where_tokens_rotate_a_mark_counts),
	    WITH_HOME(where_tokens_stay_good_no_mark_counts),
	    WITH_HOME(a_mark_that_cannot_be_read_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
