/* The same records when a name is taken, a link is forbidden or the directory is full. */
#include "handoff.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "handoff_place.h"

#include "banned.h"

int __wrap_close(int fd);
int __real_close(int fd);
int __wrap_linkat(int from, const char *name, int to, const char *new_name, int flags);
int __real_linkat(int from, const char *name, int to, const char *new_name, int flags);
struct dirent *__wrap_readdir(DIR *stream);
struct dirent *__real_readdir(DIR *stream);
bool __wrap_sf_text_random_hex(char *ret, size_t bytes);
bool __real_sf_text_random_hex(char *ret, size_t bytes);

/* What the calls are to do, and how often they were made. */
static struct {
	int link_errno, links_to_fail, links;
	bool no_link_by_fd, no_random;
	struct dirent *endless; /* the one entry of a directory without an end */
	int entries, names;
} calls;

/* Nobody closes twice: another thread may have the number by then. */
int __wrap_close(int fd)
{
	assert_int_equal(__real_close(fd), 0);
	return 0;
}

int __wrap_linkat(int from, const char *name, int to, const char *new_name, int flags)
{
	calls.links++;
	if (calls.links_to_fail > 0 && calls.links_to_fail-- > 0) {
		errno = calls.link_errno;
		return -1;
	}
	if (calls.no_link_by_fd && flags == AT_EMPTY_PATH) {
		errno = ENOENT;
		return -1;
	}
	return __real_linkat(from, name, to, new_name, flags);
}

struct dirent *__wrap_readdir(DIR *stream)
{
	calls.entries++;
	return calls.endless ? calls.endless : __real_readdir(stream);
}

bool __wrap_sf_text_random_hex(char *ret, size_t bytes)
{
	calls.names++;
	return !calls.no_random && __real_sf_text_random_hex(ret, bytes);
}

static int forget(void **state)
{
	(void)state;
	memset(&calls, 0, sizeof(calls));
	return 0;
}

static void a_name_that_is_taken_is_replaced_four_times(void **state)
{
	static const struct {
		int link_errno, fail, links, names;
		enum sf_err want;
	} rows[] = {
	    {EEXIST, 3, 4, 4, SF_OK},
	    {EEXIST, 4, 4, 4, SF_E_SYSTEM},
	    {EIO, 2, 2, 1, SF_E_SYSTEM}, /* by descriptor, and by way of /proc */
	    {ENOENT, 1, 2, 1, SF_OK},
	};
	struct place place;

	(void)state;
	make_place(&place);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_fd_closep) int fd = new_record(&place);
		char id[SF_HANDOFF_ID_SIZE];
		struct sf_error e;

		(void)forget(NULL);
		calls.link_errno = rows[i].link_errno;
		calls.links_to_fail = rows[i].fail;
		assert_int_equal(
		    sf_handoff_publish(place.dir, fd, geteuid(), id, &e), rows[i].want);
		assert_int_equal(calls.links, rows[i].links);
		assert_int_equal(calls.names, rows[i].names);
		if (rows[i].want == SF_OK)
			assert_int_equal(unlinkat(place.dir, id, 0), 0);
		else
			assert_int_equal(e.sys, rows[i].link_errno);
	}
	remove_place(&place);
}

static void without_the_right_to_link_a_descriptor_proc_serves(void **state)
{
	char id[SF_HANDOFF_ID_SIZE];
	struct place place;
	int fd = -1;

	(void)state;
	make_place(&place);
	calls.no_link_by_fd = true;
	publish(&place, id);
	assert_int_equal(claim(&place, id, geteuid(), &fd), SF_HANDOFF_TAKEN);
	close(fd);
	remove_place(&place);
}

static void without_a_name_or_an_owner_nothing_is_published(void **state)
{
	char id[SF_HANDOFF_ID_SIZE];
	struct place place;
	struct sf_error e;
	int fd;

	(void)state;
	make_place(&place);
	fd = new_record(&place);
	calls.no_random = true;
	assert_int_equal(sf_handoff_publish(place.dir, fd, geteuid(), id, &e), SF_E_SYSTEM);
	assert_int_equal(e.sys, 0);
	assert_non_null(strstr(e.detail, "random"));
	assert_int_equal(sf_handoff_publish(place.dir, /* fd= */ -1, 1, id, &e), SF_E_SYSTEM);
	assert_non_null(strstr(e.detail, "give the record"));
	close(fd);
	remove_place(&place);
}

/* Hosts may have closed their standard descriptors. */
static void descriptor_0_is_as_good_as_any(void **state)
{
	const int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
	const int64_t late_s = sf_clock_wall_s() + 2 * SF_HANDOFF_LIFE_S;
	char id[SF_HANDOFF_ID_SIZE];
	struct place place;
	struct sf_error e;
	int fd = -1;

	(void)state;
	assert_true(saved > 0);
	make_place(&place);
	close(STDIN_FILENO);
	assert_int_equal(sf_handoff_new(place.dir, &fd, &e), SF_OK);
	assert_int_equal(fd, 0);
	assert_int_equal(sf_handoff_publish(place.dir, fd, geteuid(), id, &e), SF_OK);
	close(fd);
	assert_int_equal(claim(&place, id, geteuid(), &fd), SF_HANDOFF_TAKEN);
	assert_int_equal(fd, 0);
	close(fd);
	publish(&place, id);
	assert_true(sf_handoff_sweep(place.dir, late_s, &fd));
	close(fd);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
	remove_place(&place);
}

static void a_sweep_looks_at_4096_entries_at_most(void **state)
{
	struct dirent entry = {.d_name = "notes"};
	struct place place;
	int fd = -1;

	(void)state;
	make_place(&place);
	calls.endless = &entry;
	assert_false(sf_handoff_sweep(place.dir, 0, &fd));
	assert_int_equal(calls.entries, 4096);
	assert_false(sf_handoff_sweep(/* dir= */ -1, 0, &fd));
	assert_int_equal(calls.entries, 4096);
	remove_place(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_name_that_is_taken_is_replaced_four_times, forget),
	    cmocka_unit_test_setup(without_the_right_to_link_a_descriptor_proc_serves, forget),
	    cmocka_unit_test_setup(without_a_name_or_an_owner_nothing_is_published, forget),
	    cmocka_unit_test_setup(descriptor_0_is_as_good_as_any, forget),
	    cmocka_unit_test_setup(a_sweep_looks_at_4096_entries_at_most, forget),
	};

	return cmocka_run_group_tests_name("handoff_trouble", tests, NULL, NULL);
}
