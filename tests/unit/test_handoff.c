#include "handoff.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "file.h"
#include "rundir.h"
#include "text.h"

#include "banned.h"

#define TOKEN "sfoauth=1\n"

/* A /run of one's own, on tmpfs. */
struct place {
	char parent[512];
	char path[600];
	int dir;
};

static enum sf_err open_place(struct place *place, bool in_memory, struct sf_error *e)
{
	const struct sf_rundir_ask ask = {
	    .parent = place->parent, .name = SF_RUNDIR_HANDOFF, .in_memory = in_memory};

	return sf_rundir_open(&ask, &place->dir, e);
}

static void make_place(struct place *place)
{
	struct sf_text path = SF_TEXT(place->path);
	struct sf_error e;

	place->dir = -1;
	assert_true(sf_text_copy(place->parent, sizeof place->parent, "/dev/shm/sf-test-XXXXXX"));
	assert_non_null(mkdtemp(place->parent));
	assert_true(sf_text_addf(&path, "%s/sfoauth/handoff", place->parent));
	assert_int_equal(open_place(place, /* in_memory= */ true, &e), SF_OK);
}

static void remove_place(struct place *place)
{
	char path[600];
	struct sf_text text = SF_TEXT(path);

	close(place->dir);
	assert_int_equal(rmdir(place->path), 0);
	assert_true(sf_text_addf(&text, "%s/sfoauth", place->parent));
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(place->parent), 0);
}

static int new_record(struct place *place)
{
	struct sf_error e;
	int fd = -1;

	assert_int_equal(sf_handoff_new(place->dir, &fd, &e), SF_OK);
	assert_true(sf_file_write_all(fd, TOKEN, strlen(TOKEN)));
	return fd;
}

static void publish(struct place *place, char ret_id[static SF_HANDOFF_ID_SIZE])
{
	SF_CLEANUP(sf_fd_closep) int fd = new_record(place);
	struct sf_error e;

	assert_int_equal(sf_handoff_publish(place->dir, fd, geteuid(), ret_id, &e), SF_OK);
}

static void assert_token(int fd)
{
	char got[64] = "";

	assert_int_equal(read(fd, got, sizeof got), (int)strlen(TOKEN));
	assert_string_equal(got, TOKEN);
}

static enum sf_handoff_claim claim(struct place *place, const char *id, uid_t uid, int *ret_fd)
{
	return sf_handoff_claim(place->dir, id, uid, sf_clock_wall_s(), ret_fd);
}

static void the_directories_are_root_s_alone_whatever_the_umask(void **state)
{
	struct place place;
	struct stat st;
	/* Only root gets into a directory without any permission, to give it the right ones. */
	mode_t old = umask(geteuid() == 0 ? 0777 : 0);

	(void)state;
	make_place(&place);
	umask(old);
	assert_int_equal(fstat(place.dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(st.st_uid, geteuid());
	remove_place(&place);
}

static void a_directory_that_others_may_enter_is_refused(void **state)
{
	struct place place;
	struct sf_error e;
	int dir;

	(void)state;
	make_place(&place);
	dir = place.dir;
	assert_int_equal(chmod(place.path, 0750), 0);
	assert_int_equal(open_place(&place, true, &e), SF_E_SYSTEM);
	assert_int_equal(chmod(place.path, 0700), 0);
	assert_int_equal(chmod(place.parent, 0777), 0);
	assert_int_equal(open_place(&place, true, &e), SF_E_SYSTEM);
	place.dir = dir;
	remove_place(&place);
}

static void a_link_in_place_of_a_directory_is_refused(void **state)
{
	struct place place;
	struct sf_error e;
	int dir;

	(void)state;
	make_place(&place);
	dir = place.dir;
	assert_int_equal(rmdir(place.path), 0);
	assert_int_equal(symlink("/dev/shm", place.path), 0);
	assert_int_equal(open_place(&place, true, &e), SF_E_SYSTEM);
	assert_int_equal(unlink(place.path), 0);
	assert_int_equal(mkdir(place.path, 0700), 0);
	place.dir = dir;
	remove_place(&place);
}

static void a_directory_on_a_disk_is_refused_where_memory_is_asked_for(void **state)
{
	struct place place = {.dir = -1};
	struct sf_error e;
	struct statfs fs;
	struct sf_text path = SF_TEXT(place.path);
	ssize_t len = readlink("/proc/self/exe", place.parent, sizeof place.parent - 1);

	(void)state;
	/* Beside this program, which is on a disk as a rule. */
	assert_true(len > 0 && len < (ssize_t)sizeof place.parent - 1);
	place.parent[len] = '\0';
	*strrchr(place.parent, '/') = '\0';
	assert_true(sf_text_addf(&path, "%s/sf-test-XXXXXX", place.parent));
	assert_non_null(mkdtemp(place.path));
	assert_true(sf_text_copy(place.parent, sizeof place.parent, place.path));
	assert_int_equal(statfs(place.parent, &fs), 0);
	if (fs.f_type == TMPFS_MAGIC) {
		assert_int_equal(rmdir(place.parent), 0);
		print_message("# the build directory is on tmpfs\n");
		skip();
	}
	assert_int_equal(open_place(&place, /* in_memory= */ true, &e), SF_E_SYSTEM);
	assert_non_null(strstr(e.detail, "tmpfs"));
	assert_int_equal(open_place(&place, /* in_memory= */ false, &e), SF_OK);
	assert_true(sf_text_add(&path, "/sfoauth/handoff"));
	remove_place(&place);
}

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
	int fd = -1;

	(void)state;
	make_place(&place);
	assert_int_equal(sf_handoff_new(place.dir, &fd, &e), SF_OK);
	assert_int_equal(sf_handoff_reopen(fd), -1);
	close(fd);
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
	assert_int_equal(sf_handoff_publish(place.dir, fd, uid, id, &e), SF_OK);
	assert_int_equal(fstatat(place.dir, id, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_uid, uid);
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
		int64_t offset_s;
		enum sf_handoff_claim claim;
	} rows[] = {
	    {SF_HANDOFF_LIFE_S - 5, SF_HANDOFF_TAKEN}, {SF_HANDOFF_LIFE_S + 1, SF_HANDOFF_SPOILT},
	    {-5, SF_HANDOFF_SPOILT}, /* the clock was set back */
	};
	struct place place;

	(void)state;
	make_place(&place);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char id[SF_HANDOFF_ID_SIZE];
		int fd = -1;

		publish(&place, id);
		assert_int_equal(sf_handoff_claim(place.dir, id, geteuid(),
				     sf_clock_wall_s() + rows[i].offset_s, &fd),
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
	for (size_t i = 0; i < 3; i++)
		publish(&place, ids[i]);
	now_s = sf_clock_wall_s();
	assert_int_equal(mkdirat(place.dir, "notes", 0700), 0);
	assert_false(sf_handoff_sweep(place.dir, now_s, &fd));
	now_s += SF_HANDOFF_LIFE_S + 1;
	for (size_t i = 0; i < 3; i++) {
		assert_true(sf_handoff_sweep(place.dir, now_s, &fd));
		assert_token(fd);
		close(fd);
	}
	assert_false(sf_handoff_sweep(place.dir, now_s, &fd));
	assert_int_equal(unlinkat(place.dir, "notes", AT_REMOVEDIR), 0);
	remove_place(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_directories_are_root_s_alone_whatever_the_umask),
	    cmocka_unit_test(a_directory_that_others_may_enter_is_refused),
	    cmocka_unit_test(a_link_in_place_of_a_directory_is_refused),
	    cmocka_unit_test(a_directory_on_a_disk_is_refused_where_memory_is_asked_for),
	    cmocka_unit_test(only_32_lower_case_hex_digits_are_an_id),
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
