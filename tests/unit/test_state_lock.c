/* The lock that one refresh holds: per user, per org, and free again after a kill. */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "file.h"
#include "state_lock.h"
#include "state_dir.h"

#include "banned.h"

static const char key[] = "https://acme.my.salesforce.com:443", user[] = "ada@acme.example";

static int make_home(void **state)
{
	char *home = strdup("/tmp/sfoauth-lock-XXXXXX");

	*state = !home ? NULL : mkdtemp(home);
	return !*state;
}

static int remove_home(void **state)
{
	static const char *const below[] = {".local/state/sfoauth", ".local/state", ".local", "."};
	char path[256];

	for (size_t i = 0; i < SF_COUNT(below); i++) {
		DIR *dir;

		(void)snprintf(path, sizeof(path), "%s/%s", (char *)*state, below[i]);
		dir = i == 0 ? opendir(path) : NULL;
		for (const struct dirent *entry; dir && (entry = readdir(dir)) != NULL;)
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
		if (dir)
			(void)closedir(dir);
		(void)rmdir(path);
	}
	const int left = rmdir(*state) != 0;
	free(*state);
	return left;
}

static void a_lock_that_is_held_is_not_had_twice(void **state)
{
	SF_CLEANUP(sf_fd_closep) int first = -1;
	SF_CLEANUP(sf_fd_closep) int second = -1;
	struct sf_error e;

	assert_int_equal(sf_state_lock_try(*state, key, user, &first, &e), SF_OK);
	assert_true(first >= 0);
	assert_int_equal(sf_state_lock_try(*state, key, user, &second, &e), SF_OK);
	assert_int_equal(second, -1);
	sf_fd_closep(&first);
	first = -1;
	assert_int_equal(sf_state_lock_try(*state, key, user, &second, &e), SF_OK);
	assert_true(second >= 0);
}

static void another_user_has_a_lock_of_its_own(void **state)
{
	SF_CLEANUP(sf_fd_closep) int first = -1;
	SF_CLEANUP(sf_fd_closep) int second = -1;
	struct sf_error e;

	assert_int_equal(sf_state_lock_try(*state, key, user, &first, &e), SF_OK);
	assert_int_equal(sf_state_lock_try(*state, key, "bob@acme.example", &second, &e), SF_OK);
	assert_true(second >= 0);
}

/* Each kind beside the other, and beside whatever a user may be called. */
static void a_lock_of_the_org_is_no_users(void **state)
{
	SF_CLEANUP(sf_fd_closep) int keyring = -1;
	SF_CLEANUP(sf_fd_closep) int sign_in = -1;
	SF_CLEANUP(sf_fd_closep) int nobody = -1;
	SF_CLEANUP(sf_fd_closep) int again = -1;
	struct sf_error e;

	assert_int_equal(
	    sf_state_lock_try_org(*state, key, SF_STATE_LOCK_KEYRING, &keyring, &e), SF_OK);
	assert_true(keyring >= 0);
	assert_int_equal(
	    sf_state_lock_try_org(*state, key, SF_STATE_LOCK_SIGN_IN, &sign_in, &e), SF_OK);
	assert_true(sign_in >= 0);
	assert_int_equal(sf_state_lock_try(*state, key, "", &nobody, &e), SF_OK);
	assert_true(nobody >= 0);
	assert_int_equal(
	    sf_state_lock_try_org(*state, key, SF_STATE_LOCK_SIGN_IN, &again, &e), SF_OK);
	assert_int_equal(again, -1);
	assert_int_equal(
	    sf_state_lock_try_org(*state, "another", SF_STATE_LOCK_SIGN_IN, &again, &e), SF_OK);
	assert_true(again >= 0);
}

static void a_holder_that_is_killed_gives_the_lock_back(void **state)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	struct sf_error e;
	int ready[2], status;
	char byte;

	assert_int_equal(pipe(ready), 0);
	const pid_t child = fork();
	if (child == 0) {
		int held = -1;
		const bool is_held =
		    sf_state_lock_try(*state, key, user, &held, &e) == SF_OK && held >= 0;

		(void)!write(ready[1], is_held ? "y" : "n", 1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	assert_int_equal(sf_state_lock_try(*state, key, user, &fd, &e), SF_OK);
	assert_int_equal(fd, -1);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(sf_state_lock_try(*state, key, user, &fd, &e), SF_OK);
	assert_true(fd >= 0);
	close(ready[0]);
	close(ready[1]);
}

static void a_directory_that_others_may_write_is_refused(void **state)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	struct sf_error e;
	char path[256];

	assert_int_equal(sf_state_lock_try(*state, key, user, &fd, &e), SF_OK);
	sf_fd_closep(&fd);
	fd = -1;
	(void)snprintf(path, sizeof(path), "%s/.local/state/sfoauth", (char *)*state);
	assert_int_equal(chmod(path, 0777), 0);
	assert_int_equal(sf_state_lock_try(*state, key, user, &fd, &e), SF_E_SYSTEM);
	assert_int_equal(chmod(path, 0700), 0);
}

static void a_home_that_is_missing_is_a_failure_and_notes_nothing(void **state)
{
	int fd = -1;
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_state_lock_try("/nonexistent", key, user, &fd, &e), SF_E_SYSTEM);
	sf_state_dir_note("/nonexistent", key, user, "0123456789abcdef");
	assert_false(sf_state_dir_is_noted("/nonexistent", key, user, "0123456789abcdef"));
}

static void a_note_is_about_one_generation(void **state)
{
	assert_false(sf_state_dir_is_noted(*state, key, user, "0123456789abcdef"));
	sf_state_dir_note(*state, key, user, "0123456789abcdef");
	assert_true(sf_state_dir_is_noted(*state, key, user, "0123456789abcdef"));
	sf_state_dir_note(*state, key, user, "fedcba9876543210");
	assert_false(sf_state_dir_is_noted(*state, key, user, "0123456789abcdef"));
	assert_true(sf_state_dir_is_noted(*state, key, user, "fedcba9876543210"));
	assert_false(sf_state_dir_is_noted(*state, key, "bob@acme.example", "fedcba9876543210"));
}

int main(void)
{
#define WITH_HOME(test) cmocka_unit_test_setup_teardown(test, make_home, remove_home)
	const struct CMUnitTest tests[] = {
	    WITH_HOME(a_lock_that_is_held_is_not_had_twice),
	    WITH_HOME(another_user_has_a_lock_of_its_own),
	    WITH_HOME(a_lock_of_the_org_is_no_users),
	    WITH_HOME(a_holder_that_is_killed_gives_the_lock_back),
	    WITH_HOME(a_directory_that_others_may_write_is_refused),
	    WITH_HOME(a_home_that_is_missing_is_a_failure_and_notes_nothing),
	    WITH_HOME(a_note_is_about_one_generation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
