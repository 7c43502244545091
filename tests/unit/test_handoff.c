/* A record that the worker leaves for a later session: who may take it, once, and for how long. */
#include "handoff.h"

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

static void only_32_lower_case_hex_digits_are_an_id(void **state)
{
	static const char *const wrong[] = {"", "0123456789abcdef0123456789abcde",
	    "0123456789abcdef0123456789abcdef0", "0123456789ABCDEF0123456789abcdef",
	    "../3456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcde/"};

	(void)state;
	assert_true(sf_handoff_is_id("0123456789abcdef0123456789abcdef"));
	for (size_t i = 0; i < SF_COUNT(wrong); i++)
		assert_false(sf_handoff_is_id(wrong[i]));
}

static void a_record_is_for_one_process_and_one_user(void **state)
{
	const mode_t old = umask(0);
	struct place place;
	struct sf_error e;
	struct stat st;
	int fd, again;

	(void)state;
	make_place(&place);
	fd = new_record(&place);
	umask(old);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	again = sf_handoff_reopen(fd);
	assert_true(fcntl(again, F_GETFD) & FD_CLOEXEC);
	close(again);
	close(fd);
	assert_int_equal(sf_handoff_new(/* dir= */ -1, &fd, &e), SF_E_SYSTEM);
	assert_int_equal(e.sys, EBADF);
	remove_place(&place);
}

static void a_record_without_a_name_vanishes(void **state)
{
	struct place place;
	int fd, again;

	(void)state;
	make_place(&place);
	fd = new_record(&place);
	again = sf_handoff_reopen(fd);
	assert_true(again >= 0);
	assert_token(again);
	close(again);
	close(fd);
	remove_place(&place); /* works on an empty directory only */
}

static void an_empty_record_has_nothing_to_revoke(void **state)
{
	struct place place;
	struct sf_error e;
	int fd = -1, other;

	(void)state;
	make_place(&place);
	other = new_record(&place);
	assert_int_equal(sf_handoff_new(place.dir, &fd, &e), SF_OK);
	/* Not what was opened before either. */
	close(sf_handoff_reopen(other));
	assert_int_equal(sf_handoff_reopen(fd), -1);
	close(fd);
	close(other);
	remove_place(&place);
}

static void the_worker_s_descriptor_cannot_be_read(void **state)
{
	struct place place;
	char byte;
	int fd;

	(void)state;
	make_place(&place);
	fd = new_record(&place);
	assert_int_equal(pread(fd, &byte, 1, 0), -1);
	close(fd);
	remove_place(&place);
}

static void a_claim_takes_the_record_once(void **state)
{
	char id[SF_HANDOFF_ID_SIZE];
	struct place place;
	int fd = -1;

	(void)state;
	make_place(&place);
	publish(&place, id);
	assert_true(sf_handoff_is_id(id));
	assert_int_equal(claim(&place, id, geteuid(), &fd), SF_HANDOFF_TAKEN);
	assert_token(fd);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_true(write(fd, "x", 1) < 0);
	close(fd);
	assert_int_equal(claim(&place, id, geteuid(), &fd), SF_HANDOFF_NONE);
	remove_place(&place);
}

static void a_record_belongs_to_whom_it_is_for(void **state)
{
	const uid_t uid = geteuid() == 0 ? 12345 : geteuid();
	char id[SF_HANDOFF_ID_SIZE];
	struct place place;
	struct sf_error e;
	struct stat st;

	(void)state;
	make_place(&place);
	SF_CLEANUP(sf_fd_closep) int fd = new_record(&place);
	const gid_t gid = geteuid() == 0 ? 12 : getegid();

	/* The group is nobody's business: it has no permission. */
	assert_int_equal(fchown(fd, (uid_t)-1, gid), 0);
	assert_int_equal(sf_handoff_publish(place.dir, fd, uid, id, &e), SF_OK);
	assert_int_equal(fstatat(place.dir, id, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_uid, uid);
	assert_int_equal(st.st_gid, gid);
	assert_int_equal(unlinkat(place.dir, id, 0), 0);
	remove_place(&place);
}

static void a_record_of_somebody_else_is_spoilt_and_gone(void **state)
{
	char id[SF_HANDOFF_ID_SIZE];
	struct place place;
	int fd = -1;

	(void)state;
	make_place(&place);
	publish(&place, id);
	assert_int_equal(claim(&place, id, geteuid() + 1, &fd), SF_HANDOFF_SPOILT);
	assert_token(fd);
	close(fd);
	remove_place(&place);
}

static void a_record_with_a_second_name_is_spoilt(void **state)
{
	const char *second = "0123456789abcdef0123456789abcdef";
	char id[SF_HANDOFF_ID_SIZE];
	struct place place;
	int fd = -1;

	(void)state;
	make_place(&place);
	publish(&place, id);
	assert_int_equal(linkat(place.dir, id, place.dir, second, 0), 0);
	assert_int_equal(claim(&place, id, geteuid(), &fd), SF_HANDOFF_SPOILT);
	close(fd);
	assert_int_equal(unlinkat(place.dir, second, 0), 0);
	remove_place(&place);
}

static void what_is_not_a_record_is_left_alone(void **state)
{
	const char *name = "0123456789abcdef0123456789abcdef";
	struct place place;
	int fd = -1;

	(void)state;
	make_place(&place);
	assert_int_equal(symlinkat("/etc/passwd", place.dir, name), 0);
	assert_int_equal(claim(&place, name, geteuid(), &fd), SF_HANDOFF_NONE);
	assert_int_equal(unlinkat(place.dir, name, 0), 0);
	assert_int_equal(mkfifoat(place.dir, name, 0600), 0);
	assert_int_equal(claim(&place, name, geteuid(), &fd), SF_HANDOFF_NONE);
	assert_int_equal(unlinkat(place.dir, name, 0), 0);

	/* A file that is ours and fresh, but elsewhere: not claimed, and not removed. */
	const int outside = openat(place.dir, "../outside", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(outside >= 0);
	close(outside);
	assert_int_equal(claim(&place, "../outside", geteuid(), &fd), SF_HANDOFF_NONE);
	assert_int_equal(unlinkat(place.dir, "../outside", 0), 0);
	remove_place(&place);
}

static void two_minutes_later_a_record_is_spoilt(void **state)
{
	static const struct {
		int64_t age_s;
		enum sf_handoff_claim claim;
	} rows[] = {
	    {0, SF_HANDOFF_TAKEN}, {SF_HANDOFF_LIFE_S - 1, SF_HANDOFF_TAKEN},
	    {SF_HANDOFF_LIFE_S, SF_HANDOFF_SPOILT},
	    {-1, SF_HANDOFF_SPOILT}, /* the clock was set back */
	};
	struct place place;

	(void)state;
	make_place(&place);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char id[SF_HANDOFF_ID_SIZE];
		struct stat st;
		int fd = -1;

		publish(&place, id);
		assert_int_equal(fstatat(place.dir, id, &st, AT_SYMLINK_NOFOLLOW), 0);
		assert_int_equal(sf_handoff_claim(place.dir, id, geteuid(),
				     (int64_t)st.st_ctim.tv_sec + rows[i].age_s, &fd),
		    rows[i].claim);
		close(fd);
	}
	remove_place(&place);
}

static void a_sweep_takes_old_records_and_nothing_else(void **state)
{
	char ids[3][SF_HANDOFF_ID_SIZE];
	struct place place;
	int64_t now_s = 0;
	int fd = -1;

	(void)state;
	make_place(&place);
	const int other = openat(place.dir, "other", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(other >= 0);
	close(other);
	for (size_t i = 0; i < 3; i++)
		publish(&place, ids[i]);
	now_s = sf_clock_wall_s();
	assert_int_equal(mkdirat(place.dir, "notes", 0700), 0);
	assert_false(sf_handoff_sweep(place.dir, now_s, &fd));
	now_s += SF_HANDOFF_LIFE_S + 1;
	for (size_t i = 0; i < 3; i++) {
		assert_true(sf_handoff_sweep(place.dir, now_s, &fd));
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		assert_token(fd);
		close(fd);
	}
	assert_false(sf_handoff_sweep(place.dir, now_s, &fd));
	assert_int_equal(unlinkat(place.dir, "notes", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(place.dir, "other", 0), 0);
	remove_place(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_32_lower_case_hex_digits_are_an_id),
	    cmocka_unit_test(a_record_is_for_one_process_and_one_user),
	    cmocka_unit_test(a_record_without_a_name_vanishes),
	    cmocka_unit_test(an_empty_record_has_nothing_to_revoke),
	    cmocka_unit_test(the_worker_s_descriptor_cannot_be_read),
	    cmocka_unit_test(a_claim_takes_the_record_once),
	    cmocka_unit_test(a_record_belongs_to_whom_it_is_for),
	    cmocka_unit_test(a_record_of_somebody_else_is_spoilt_and_gone),
	    cmocka_unit_test(a_record_with_a_second_name_is_spoilt),
	    cmocka_unit_test(what_is_not_a_record_is_left_alone),
	    cmocka_unit_test(two_minutes_later_a_record_is_spoilt),
	    cmocka_unit_test(a_sweep_takes_old_records_and_nothing_else),
	};

	return cmocka_run_group_tests_name("handoff", tests, NULL, NULL);
}
