/* The stamp of a Retry-After: who has to wait, how long, and when a stamp counts as none. */
#include "retry_after.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "file.h"
#include "text.h"

#include "banned.h"

static struct sf_state_dir_place place = {
    .key = "https://acme.my.salesforce.com:443", .user = "ada@acme.example"};
static char home[] = "/tmp/sfoauth-later-XXXXXX";

static int make_home(void **state)
{
	(void)state;
	memcpy(home, "/tmp/sfoauth-later-XXXXXX", sizeof(home));
	place.home = home;
	return !mkdtemp(home);
}

static void stamp_path(char path[static 256])
{
	char name[SF_STATE_DIR_NAME_SIZE];

	sf_state_dir_name(name, place.key, place.user, ".later");
	(void)snprintf(path, 256, "%s/.local/state/sfoauth/%s", home, name);
}

static int remove_home(void **state)
{
	static const char *const below[] = {".local/state/sfoauth", ".local/state", ".local"};
	char path[256];

	(void)state;
	stamp_path(path);
	(void)unlink(path);
	for (size_t i = 0; i < SF_COUNT(below); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", home, below[i]);
		(void)rmdir(path);
	}
	return rmdir(home);
}

static void note(uint32_t retry_s, const char *row)
{
	struct sf_job_result result = {.outcome.retry_s = retry_s};

	assert_true(sf_text_copy(result.row, sizeof(result.row), row));
	sf_retry_after_note(&place, &result);
}

static void write_stamp(const char *text)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	struct sf_error e;

	assert_int_equal(
	    sf_state_dir_file(&place, ".later", O_WRONLY | O_CREAT | O_TRUNC, &fd, &e), SF_OK);
	assert_true(sf_file_write_all(fd, text, strlen(text)));
}

static void without_a_stamp_Salesforce_is_asked(void **state)
{
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_retry_after_check(&place, NULL, &e), SF_OK);
	note(0, "too_many_requests");
	assert_int_equal(sf_retry_after_check(&place, NULL, &e), SF_OK);
	note(60, "");
	assert_int_equal(sf_retry_after_check(&place, NULL, &e), SF_OK);
}

static void a_stamp_says_later_as_the_reply_did(void **state)
{
	struct sf_job_result result = {0};
	struct sf_error e;

	(void)state;
	note(600, "too_many_requests");
	assert_int_equal(sf_retry_after_check(&place, &result, &e), SF_E_UNAVAILABLE);
	assert_int_equal(result.error.code, SF_E_UNAVAILABLE);
	assert_string_equal(result.row, "too_many_requests");
	assert_in_range(result.outcome.retry_s, 500, 600);
}

static void at_most_an_hour_is_waited(void **state)
{
	struct sf_job_result result = {0};
	struct sf_error e;

	(void)state;
	note(24 * 3600, "server_trouble");
	assert_int_equal(sf_retry_after_check(&place, &result, &e), SF_E_UNAVAILABLE);
	assert_in_range(result.outcome.retry_s, 3500, SF_RETRY_AFTER_MAX_S);
}

static void a_stamp_that_is_over_or_of_another_clock_counts_as_none(void **state)
{
	const long long now = (long long)sf_clock_wall_s();
	char over[64], future[64];
	struct sf_error e;

	(void)state;
	(void)snprintf(over, sizeof(over), "%lld 60 html", now - 61);
	(void)snprintf(future, sizeof(future), "%lld 60 html", now + 1000);
	const char *const texts[] = {
	    "", "x", "1 2", over, future, "1 60 html", "60 html", "18446744073709551616 60 html"};

	for (size_t i = 0; i < SF_COUNT(texts); i++) {
		write_stamp(texts[i]);
		assert_int_equal(sf_retry_after_check(&place, NULL, &e), SF_OK);
	}
	(void)snprintf(over, sizeof(over), "%lld 7200 html", now);
	write_stamp(over);
	assert_int_equal(sf_retry_after_check(&place, NULL, &e), SF_OK);
	(void)snprintf(over, sizeof(over), "%lld 60 \x1b[2J", now);
	write_stamp(over);
	assert_int_equal(sf_retry_after_check(&place, NULL, &e), SF_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		without_a_stamp_Salesforce_is_asked, make_home, remove_home),
	    cmocka_unit_test_setup_teardown(
		a_stamp_says_later_as_the_reply_did, make_home, remove_home),
	    cmocka_unit_test_setup_teardown(at_most_an_hour_is_waited, make_home, remove_home),
	    cmocka_unit_test_setup_teardown(
		a_stamp_that_is_over_or_of_another_clock_counts_as_none, make_home, remove_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
