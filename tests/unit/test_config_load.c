/* Which configuration files are read, by their owner, mode and directory. */
#include "config_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "file.h"
#include "text.h"

#include "banned.h"

#define PATH_SIZE 256
#define ORG       "[org acme]\nlogin_url = https://acme.my.salesforce.com\nclient_id = id\n"

/* ROOT/sfoauth/sfoauth.conf in a private directory below /tmp, which is a sticky ancestor. */
struct place {
	char root[PATH_SIZE], directory[PATH_SIZE], file[PATH_SIZE], other[PATH_SIZE];
};

static int make_place(void **state)
{
	static struct place place;
	struct sf_text directory = SF_TEXT(place.directory), file = SF_TEXT(place.file),
		       other = SF_TEXT(place.other);
	int fd;

	assert_true(sf_text_copy(place.root, PATH_SIZE, "/tmp/sfoauth-config-XXXXXX"));
	assert_non_null(mkdtemp(place.root));
	assert_true(sf_text_addf(&directory, "%s/sfoauth", place.root));
	assert_true(sf_text_addf(&file, "%s/sfoauth.conf", place.directory));
	assert_true(sf_text_addf(&other, "%s/other", place.directory));
	assert_int_equal(mkdir(place.directory, 0755), 0);
	fd = open(place.file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_true(sf_file_write_all(fd, ORG, strlen(ORG)));
	assert_int_equal(close(fd), 0);
	/* Whatever the umask is. */
	assert_int_equal(chmod(place.root, 0755), 0);
	assert_int_equal(chmod(place.directory, 0755), 0);
	assert_int_equal(chmod(place.file, 0644), 0);
	*state = &place;
	return 0;
}

static int remove_place(void **state)
{
	const struct place *place = *state;

	(void)unlink(place->other);
	(void)unlink(place->file);
	(void)rmdir(place->directory);
	return rmdir(place->root);
}

static void load_must_fail(const char *path, int sys, const char *says)
{
	struct sf_config *config = NULL;
	struct sf_error e = {0};

	assert_int_equal(sf_config_load(path, &config, &e), SF_E_CONFIG);
	assert_null(config);
	assert_int_equal(e.sys, sys);
	if (!strstr(e.detail, says))
		fail_msg("\"%s\" does not say \"%s\"", e.detail, says);
}

static void load_must_work(const char *path)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	struct sf_error e = {0};

	if (sf_config_load(path, &config, &e) != SF_OK)
		fail_msg("%s", e.detail);
	assert_int_equal(config->org_count, 1);
}

static void the_systems_file_must_not_be_writable_by_others(void **state)
{
	const struct place *place = *state;

	load_must_work(place->file);
	assert_int_equal(chmod(place->file, 0664), 0);
	load_must_fail(place->file, 0, "writable");
	assert_int_equal(chmod(place->file, 0646), 0);
	load_must_fail(place->file, 0, "writable");
	assert_int_equal(chmod(place->file, 0600), 0);
	load_must_work(place->file);
}

static void the_systems_directories_must_not_be_writable_by_others(void **state)
{
	const struct place *place = *state;

	assert_int_equal(chmod(place->directory, 0775), 0);
	load_must_fail(place->file, 0, "directory");
	assert_int_equal(chmod(place->directory, 01777), 0);
	load_must_fail(place->file, 0, "directory");
	assert_int_equal(chmod(place->directory, 0755), 0);
	assert_int_equal(chmod(place->root, 0757), 0);
	load_must_fail(place->file, 0, "directory");
	/* As /tmp is: nobody can put another sfoauth/ there. */
	assert_int_equal(chmod(place->root, 01777), 0);
	load_must_work(place->file);
}

static void the_systems_file_is_reached_through_no_link(void **state)
{
	const struct place *place = *state;

	assert_int_equal(symlink("sfoauth.conf", place->other), 0);
	load_must_fail(place->other, ELOOP, "link");
	assert_int_equal(unlink(place->other), 0);
	assert_int_equal(link(place->file, place->other), 0);
	load_must_fail(place->file, 0, "hard link");
}

static void a_missing_file_is_enoent(void **state)
{
	const struct place *place = *state;

	load_must_fail(place->other, ENOENT, "does not exist");
}

static void need_root(void)
{
	if (geteuid() != 0) {
		print_message("only root can give files away and become another user\n");
		skip();
	}
}

static void the_systems_file_must_not_belong_to_somebody_else(void **state)
{
	const struct place *place = *state;

	need_root();
	assert_int_equal(chown(place->file, 4711, 0), 0);
	load_must_fail(place->file, EPERM, "uid 4711");
	assert_int_equal(chown(place->file, 0, 0), 0);
	assert_int_equal(chown(place->directory, 4711, 0), 0);
	load_must_fail(place->file, EPERM, "directory");
}

static void what_is_wrong_in_a_file_is_named_with_its_path(void **state)
{
	const struct place *place = *state;
	int fd = open(place->file, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_true(sf_file_write_all(fd, "nonsense\n", 9));
	assert_int_equal(close(fd), 0);
	load_must_fail(place->file, 0, "sfoauth.conf line 4: ");
}

/* What sf_config_load_user gives, with counts of orgs told apart by the exit status of a child. */
enum outcome { FAILED = 10, SKIPPED, SKIPPED_SILENTLY, EMPTY, LOADED };

static enum outcome load_user(const char *path)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	struct sf_error e = {0};
	bool is_skipped = true;

	if (sf_config_load_user(path, &config, &is_skipped, &e) != SF_OK)
		return FAILED;
	if (is_skipped)
		return e.detail[0] == '\0' || config->org_count > 0 ? SKIPPED_SILENTLY : SKIPPED;
	return config->org_count == 0 ? EMPTY : LOADED;
}

static enum outcome load_as(uid_t uid, const char *path)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(setresuid(uid, uid, uid) == 0 ? (int)load_user(path) : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (enum outcome)WEXITSTATUS(status);
}

static void a_users_file_is_read_if_it_is_their_own_and_skipped_if_not(void **state)
{
	const struct place *place = *state;

	need_root();
	assert_int_equal(load_as(4711, place->other), EMPTY);
	assert_int_equal(load_as(4711, place->file), SKIPPED);
	assert_int_equal(chown(place->file, 4712, 0), 0);
	assert_int_equal(load_as(4711, place->file), SKIPPED);
	assert_int_equal(chown(place->file, 4711, 0), 0);
	assert_int_equal(load_as(4711, place->file), LOADED);
	/* Links are how people keep their files; whose the file is counts. */
	assert_int_equal(symlink("sfoauth.conf", place->other), 0);
	assert_int_equal(load_as(4711, place->other), LOADED);
	assert_int_equal(load_as(4713, place->other), SKIPPED);
	/* Group-writable directories are common in homes; a file of one's own is what counts. */
	assert_int_equal(chmod(place->directory, 0775), 0);
	assert_int_equal(load_as(4711, place->file), LOADED);
	assert_int_equal(chmod(place->file, 0664), 0);
	assert_int_equal(load_as(4711, place->file), FAILED);
}

static void an_ordinary_users_own_file_is_read(void **state)
{
	const struct place *place = *state;

	if (geteuid() == 0) {
		assert_int_equal(load_user(place->file), EMPTY);
		return;
	}
	assert_int_equal(load_user(place->file), LOADED);
	assert_int_equal(load_user("/etc/passwd"), SKIPPED);
}

static void pam_is_in_the_systems_file_alone(void **state)
{
	const struct place *place = *state;
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	struct sf_error e = {0};
	int fd = open(place->file, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_true(sf_file_write_all(fd, "[pam]\n", 6));
	assert_int_equal(close(fd), 0);
	assert_int_equal(sf_config_load(place->file, &config, &e), SF_OK);
	assert_true(config->has_pam);
	if (geteuid() != 0)
		assert_int_equal(load_user(place->file), FAILED);
	else if (chown(place->file, 4711, 0) == 0)
		assert_int_equal(load_as(4711, place->file), FAILED);
}

int main(void)
{
#define IN_PLACE(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)
	const struct CMUnitTest tests[] = {
	    IN_PLACE(the_systems_file_must_not_be_writable_by_others),
	    IN_PLACE(the_systems_directories_must_not_be_writable_by_others),
	    IN_PLACE(the_systems_file_is_reached_through_no_link),
	    IN_PLACE(pam_is_in_the_systems_file_alone),
	    IN_PLACE(a_missing_file_is_enoent),
	    IN_PLACE(the_systems_file_must_not_belong_to_somebody_else),
	    IN_PLACE(what_is_wrong_in_a_file_is_named_with_its_path),
	    IN_PLACE(a_users_file_is_read_if_it_is_their_own_and_skipped_if_not),
	    IN_PLACE(an_ordinary_users_own_file_is_read),
	};

	return cmocka_run_group_tests_name("config_load", tests, NULL, NULL);
}
