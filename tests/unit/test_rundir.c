/* The private runtime directory: its owner and mode, no link, and never on a disk. */
#include "rundir.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "file.h"
#include "text.h"

#include "banned.h"

#define OTHER_UID 65534
#define NAME      "records"

static char memory[] = "/dev/shm/sf-test-rundir-XXXXXX"; /* tmpfs */
static char disk[] = "/var/tmp/sf-test-rundir-XXXXXX";

/* PARENT/sfoauth or PARENT/sfoauth/records. */
static const char *path_of(const char *parent, bool is_whole)
{
	static char buf[128];
	struct sf_text path = SF_TEXT(buf);

	assert_true(sf_text_addf(&path, "%s/sfoauth%s", parent, is_whole ? "/" NAME : ""));
	return buf;
}

static bool opens(const char *parent, bool in_memory)
{
	const struct sf_rundir_params params = {
	    .parent = parent, .name = NAME, .in_memory = in_memory};
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	struct sf_error e = {0};
	enum sf_err r = sf_rundir_open(&params, &fd, &e);

	if (r != SF_OK) {
		assert_int_equal(r, SF_E_SYSTEM);
		assert_int_equal(fd, -1);
		assert_true(e.detail[0] != '\0');
	}
	return r == SF_OK;
}

static int clear(void **state)
{
	const char *const parents[] = {memory, disk};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(parents); i++) {
		(void)unlink(path_of(parents[i], true));
		(void)rmdir(path_of(parents[i], true));
		(void)unlink(path_of(parents[i], false));
		(void)rmdir(path_of(parents[i], false));
		(void)chmod(parents[i], 0755);
	}
	return 0;
}

static void a_missing_directory_is_made_for_its_owner_alone(void **state)
{
	struct stat st;
	const mode_t old = umask(0);

	(void)state;
	assert_true(opens(memory, true));
	assert_int_equal(stat(path_of(memory, true), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(path_of(memory, false), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_true(opens(memory, true));
	(void)umask(geteuid() == 0 ? 0777 : 0277); /* others must read what they made */
	assert_int_equal(clear(state), 0);
	assert_true(opens(memory, true));
	(void)umask(old);
}

static void a_directory_that_others_may_use_is_refused(void **state)
{
	static const mode_t wrong[] = {0701, 0710, 0720, 0702, 0755, 0777, 01777};

	(void)state;
	assert_true(opens(memory, true));
	for (size_t i = 0; i < SF_COUNT(wrong); i++) {
		assert_int_equal(chmod(path_of(memory, true), wrong[i]), 0);
		assert_false(opens(memory, true));
	}
}

static void directories_above_it_are_not_writable_by_others(void **state)
{
	static const mode_t wrong[] = {0775, 0757, 01777};

	(void)state;
	assert_true(opens(memory, true));
	for (size_t i = 0; i < SF_COUNT(wrong); i++) {
		assert_int_equal(chmod(path_of(memory, false), wrong[i]), 0);
		assert_false(opens(memory, true));
		assert_int_equal(chmod(path_of(memory, false), 0755), 0);
		assert_int_equal(chmod(memory, wrong[i]), 0);
		assert_false(opens(memory, true));
		assert_int_equal(chmod(memory, 0755), 0);
	}
	assert_true(opens(memory, true));
}

static void a_link_in_place_of_a_directory_is_not_followed(void **state)
{
	(void)state;
	assert_true(opens(disk, false));
	assert_int_equal(mkdir(path_of(memory, false), 0755), 0);
	assert_int_equal(chmod(path_of(memory, false), 0755), 0);
	char target[128];
	assert_true(sf_text_copy(target, sizeof(target), path_of(disk, true)));
	assert_int_equal(symlink(target, path_of(memory, true)), 0);
	assert_false(opens(memory, false));
	assert_int_equal(unlink(path_of(memory, true)), 0);
	assert_int_equal(rmdir(path_of(memory, false)), 0);
	assert_true(sf_text_copy(target, sizeof(target), path_of(disk, false)));
	assert_int_equal(symlink(target, path_of(memory, false)), 0);
	assert_false(opens(memory, false));
}

static void a_directory_of_somebody_else_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("# needs root to give a directory away\n");
		skip();
	}
	assert_true(opens(memory, true));
	assert_int_equal(chown(path_of(memory, true), OTHER_UID, OTHER_UID), 0);
	assert_false(opens(memory, true));
	assert_int_equal(chown(path_of(memory, true), 0, 0), 0);
	assert_int_equal(chown(path_of(memory, false), OTHER_UID, OTHER_UID), 0);
	assert_false(opens(memory, true));
}

static void what_must_stay_in_memory_is_not_kept_on_a_disk(void **state)
{
	(void)state;
	assert_true(opens(disk, false));
	assert_false(opens(disk, true));
}

static int make_places(void **state)
{
	(void)state;
	return mkdtemp(memory) && mkdtemp(disk) && clear(NULL) == 0 ? 0 : -1;
}

static int remove_places(void **state)
{
	(void)state;
	return clear(NULL) + rmdir(memory) + rmdir(disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(a_missing_directory_is_made_for_its_owner_alone, clear),
	    cmocka_unit_test_teardown(a_directory_that_others_may_use_is_refused, clear),
	    cmocka_unit_test_teardown(directories_above_it_are_not_writable_by_others, clear),
	    cmocka_unit_test_teardown(a_link_in_place_of_a_directory_is_not_followed, clear),
	    cmocka_unit_test_teardown(a_directory_of_somebody_else_is_refused, clear),
	    cmocka_unit_test_teardown(what_must_stay_in_memory_is_not_kept_on_a_disk, clear),
	};

	return cmocka_run_group_tests_name("rundir", tests, make_places, remove_places);
}
