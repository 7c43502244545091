/* Which files are read, by owner, mode, links and directories, and which are refused. */
#include "file.h"

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

#include "text.h"

#include "banned.h"

#define PATH_SIZE 256
/* ROOT/etc/ours/file, all private. /tmp above is the sticky ancestor that the rules allow. */
struct place {
	char root[PATH_SIZE], etc[PATH_SIZE], ours[PATH_SIZE], file[PATH_SIZE];
};

static void join(char ret[static PATH_SIZE], const char *directory, const char *name)
{
	struct sf_text text = sf_text_over(ret, PATH_SIZE);

	assert_true(sf_text_addf(&text, "%s/%s", directory, name));
}

static void write_file(const char *path, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_true(sf_file_write_all(fd, bytes, len));
	assert_int_equal(close(fd), 0);
}

static int make_place(void **state)
{
	static struct place place;

	assert_true(sf_text_copy(place.root, PATH_SIZE, "/tmp/sfoauth-file-XXXXXX"));
	assert_non_null(mkdtemp(place.root));
	join(place.etc, place.root, "etc");
	join(place.ours, place.etc, "ours");
	join(place.file, place.ours, "file");
	assert_int_equal(mkdir(place.etc, 0755), 0);
	assert_int_equal(mkdir(place.ours, 0755), 0);
	/* Whatever the umask is. */
	assert_int_equal(chmod(place.etc, 0755), 0);
	assert_int_equal(chmod(place.ours, 0755), 0);
	write_file(place.file, "hello\n", 6);
	assert_int_equal(chmod(place.file, 0644), 0);
	*state = &place;
	return 0;
}

static int remove_place(void **state)
{
	static const char *const names[] = {"file", "link", "other", "pipe", "sub"};
	const struct place *place = *state;
	char path[PATH_SIZE];

	for (size_t i = 0; i < SF_COUNT(names); i++) {
		join(path, place->ours, names[i]);
		(void)remove(path);
		join(path, place->root, names[i]);
		(void)remove(path);
	}
	(void)rmdir(place->ours);
	(void)rmdir(place->etc);
	return rmdir(place->root);
}

static enum sf_err try_open(const struct sf_file_params *params, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	enum sf_err r = sf_file_open(params, &fd, e);

	assert_int_equal(r == SF_OK, fd >= 0);
	if (r == SF_OK)
		assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	else
		assert_int_equal(r, e->code);
	return r;
}

static void open_must_fail(const struct sf_file_params *params, int sys, const char *says)
{
	struct sf_error e = {0};

	assert_int_equal(try_open(params, &e), SF_E_CONFIG);
	assert_int_equal(e.sys, sys);
	assert_int_equal(
	    e.is_unsafe_file, sys == EPERM || (sys == 0 && strcmp(says, "regular") != 0));
	if (!strstr(e.detail, says))
		fail_msg("\"%s\" does not say \"%s\"", e.detail, says);
}

static void open_must_work(const struct sf_file_params *params)
{
	struct sf_error e = {0};

	if (try_open(params, &e) != SF_OK)
		fail_msg("%s", e.detail);
}

static void a_file_is_read_whole_and_ends_with_a_nul(void **state)
{
	const struct place *place = *state;
	const struct sf_file_params params = {
	    .path = place->file, .max = 6, .check_directories = true};
	struct sf_error e = {0};
	char *text = NULL;
	size_t len = 0;

	assert_int_equal(sf_file_read(&params, &text, &len, &e), SF_OK);
	assert_int_equal(len, 6);
	assert_string_equal(text, "hello\n");
	free(text);
}

static void an_empty_file_is_an_empty_text(void **state)
{
	const struct place *place = *state;
	const struct sf_file_params params = {.path = place->file, .max = 0};
	struct sf_error e = {0};
	char *text = NULL;
	size_t len = 1;

	write_file(place->file, "", 0);
	assert_int_equal(sf_file_read(&params, &text, &len, &e), SF_OK);
	assert_int_equal(len, 0);
	assert_string_equal(text, "");
	free(text);
}

static void a_file_that_is_too_large_or_has_a_nul_is_refused(void **state)
{
	const struct place *place = *state;
	const struct sf_file_params small = {.path = place->file, .max = 5};
	const struct sf_file_params large = {.path = place->file, .max = 100};
	struct sf_error e = {0};
	char *text = NULL;
	size_t len = 0;

	assert_int_equal(sf_file_read(&small, &text, &len, &e), SF_E_CONFIG);
	assert_int_equal(e.sys, EFBIG);
	write_file(place->file, "a\0b", 3);
	assert_int_equal(sf_file_read(&large, &text, &len, &e), SF_E_CONFIG);
	assert_non_null(strstr(e.detail, "NUL"));
	assert_null(text);
}

static void a_missing_file_or_directory_is_enoent(void **state)
{
	const struct place *place = *state;
	struct sf_file_params params = {.path = place->file, .max = 100};
	char path[PATH_SIZE];

	assert_int_equal(unlink(place->file), 0);
	open_must_fail(&params, ENOENT, place->file);
	join(path, place->root, "nowhere/file");
	params.path = path;
	open_must_fail(&params, ENOENT, "does not exist");
}

static void a_path_that_is_not_plain_and_absolute_is_refused(void **state)
{
	static const char *const tails[] = {"../ours/file", "./file", "file/"};
	const struct place *place = *state;
	struct sf_file_params params = {.max = 100};
	char path[PATH_SIZE];

	for (size_t i = 0; i < SF_COUNT(tails); i++) {
		struct sf_error e = {0};

		join(path, place->ours, tails[i]);
		params.path = path;
		assert_int_equal(try_open(&params, &e), SF_E_CONFIG);
	}
	params.path = place->file + 1;
	open_must_fail(&params, EINVAL, "absolute");
	params.path = "";
	open_must_fail(&params, EINVAL, "absolute");
	params.path = "/";
	open_must_fail(&params, EINVAL, "name a file");
	join(path, place->etc, "/ours//file");
	params.path = path;
	open_must_work(&params);
}

static void a_writable_file_is_refused(void **state)
{
	const struct place *place = *state;
	const struct sf_file_params params = {.path = place->file, .max = 100};
	static const mode_t bad[] = {0664, 0646, 0666, 0620, 0602};

	for (size_t i = 0; i < SF_COUNT(bad); i++) {
		assert_int_equal(chmod(place->file, bad[i]), 0);
		open_must_fail(&params, 0, "writable");
	}
	assert_int_equal(chmod(place->file, 0644), 0);
	open_must_work(&params);
}

static void a_private_file_may_not_be_readable_either(void **state)
{
	const struct place *place = *state;
	const struct sf_file_params params = {.path = place->file, .max = 100, .owner_only = true};
	static const mode_t bad[] = {0640, 0604, 0644, 0610, 0601};

	for (size_t i = 0; i < SF_COUNT(bad); i++) {
		assert_int_equal(chmod(place->file, bad[i]), 0);
		open_must_fail(&params, 0, "accessible");
	}
	assert_int_equal(chmod(place->file, 0600), 0);
	open_must_work(&params);
	assert_int_equal(chmod(place->file, 0400), 0);
	open_must_work(&params);
}

static void a_writable_directory_is_refused_where_directories_count(void **state)
{
	const struct place *place = *state;
	struct sf_file_params params = {.path = place->file, .max = 100, .check_directories = true};
	static const mode_t bad[] = {0775, 0757, 0777};
	const char *const directories[] = {place->ours, place->etc, place->root};

	open_must_work(&params);
	for (size_t i = 0; i < SF_COUNT(directories); i++) {
		for (size_t j = 0; j < SF_COUNT(bad); j++) {
			assert_int_equal(chmod(directories[i], bad[j]), 0);
			params.check_directories = true;
			open_must_fail(&params, 0, "directory");
			params.check_directories = false;
			open_must_work(&params);
		}
		assert_int_equal(chmod(directories[i], 0755), 0);
	}
}

static void only_an_ancestor_may_be_writable_and_only_if_sticky(void **state)
{
	const struct place *place = *state;
	const struct sf_file_params params = {
	    .path = place->file, .max = 100, .check_directories = true};

	assert_int_equal(chmod(place->etc, 01777), 0);
	open_must_work(&params);
	assert_int_equal(chmod(place->ours, 01777), 0);
	open_must_fail(&params, 0, "directory");
}

static void no_link_is_followed_anywhere(void **state)
{
	const struct place *place = *state;
	char link[PATH_SIZE], path[PATH_SIZE];
	const struct sf_file_params params = {.path = path, .max = 100};

	join(link, place->ours, "link");
	assert_int_equal(symlink("file", link), 0);
	assert_true(sf_text_copy(path, PATH_SIZE, link));
	open_must_fail(&params, ELOOP, "link");
	assert_int_equal(unlink(link), 0);
	join(link, place->root, "link");
	assert_int_equal(symlink("etc/ours", link), 0);
	join(path, link, "file");
	open_must_fail(&params, ENOTDIR, "link");
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink(place->etc, link), 0);
	join(path, link, "ours/file");
	open_must_fail(&params, ENOTDIR, "link");
}

static void a_second_hard_link_is_refused(void **state)
{
	const struct place *place = *state;
	const struct sf_file_params params = {.path = place->file, .max = 100};
	char other[PATH_SIZE];

	join(other, place->ours, "other");
	assert_int_equal(link(place->file, other), 0);
	open_must_fail(&params, 0, "hard link");
	assert_int_equal(unlink(other), 0);
	open_must_work(&params);
}

static void what_is_not_a_regular_file_is_refused_without_waiting(void **state)
{
	const struct place *place = *state;
	char path[PATH_SIZE];
	struct sf_file_params params = {.path = path, .max = 100};

	join(path, place->ours, "pipe");
	assert_int_equal(mkfifo(path, 0644), 0);
	open_must_fail(&params, 0, "regular");
	join(path, place->ours, "sub");
	assert_int_equal(mkdir(path, 0755), 0);
	open_must_fail(&params, 0, "regular");
	assert_int_equal(rmdir(path), 0);
	params.path = "/dev/null";
	open_must_fail(&params, 0, "regular");
}

static void need_root(void)
{
	if (geteuid() != 0) {
		print_message("only root can give files away\n");
		skip();
	}
}

static void a_foreign_owner_is_refused(void **state)
{
	const struct place *place = *state;
	struct sf_file_params params = {.path = place->file, .max = 100, .check_directories = true};

	need_root();
	assert_int_equal(chown(place->file, 4711, 0), 0);
	open_must_fail(&params, EPERM, "belongs to uid 4711");
	assert_int_equal(chown(place->file, 0, 0), 0);
	assert_int_equal(chown(place->etc, 4711, 0), 0);
	open_must_fail(&params, EPERM, "directory");
	params.check_directories = false;
	open_must_work(&params);
}

/* In a child that is uid 4711: 0 if the file opens, else sys of the failure (255 for 0). */
static int open_as_4711(const struct sf_file_params *params)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		SF_CLEANUP(sf_fd_closep) int fd = -1;
		struct sf_error e = {0};

		if (setresuid(4711, 4711, 4711) != 0)
			_exit(254);
		if (sf_file_open(params, &fd, &e) == SF_OK)
			_exit(0);
		_exit(e.sys == 0 ? 255 : e.sys);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void root_and_oneself_are_trusted_and_own_only_means_oneself(void **state)
{
	const struct place *place = *state;
	struct sf_file_params params = {.path = place->file, .max = 100};

	need_root();
	assert_int_equal(chmod(place->root, 0755), 0);
	assert_int_equal(open_as_4711(&params), 0);
	params.own_only = true;
	assert_int_equal(open_as_4711(&params), EPERM);
	assert_int_equal(chown(place->file, 4711, 0), 0);
	assert_int_equal(open_as_4711(&params), 0);
	params.own_only = false;
	assert_int_equal(open_as_4711(&params), 0);
	assert_int_equal(chown(place->file, 4712, 0), 0);
	assert_int_equal(open_as_4711(&params), EPERM);
	assert_int_equal(chown(place->file, 0, 0), 0);
	assert_int_equal(chmod(place->file, 0600), 0);
	assert_int_equal(open_as_4711(&params), EACCES);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)
	const struct CMUnitTest tests[] = {
	    TEST(a_file_is_read_whole_and_ends_with_a_nul),
	    TEST(an_empty_file_is_an_empty_text),
	    TEST(a_file_that_is_too_large_or_has_a_nul_is_refused),
	    TEST(a_missing_file_or_directory_is_enoent),
	    TEST(a_path_that_is_not_plain_and_absolute_is_refused),
	    TEST(a_writable_file_is_refused),
	    TEST(a_private_file_may_not_be_readable_either),
	    TEST(a_writable_directory_is_refused_where_directories_count),
	    TEST(only_an_ancestor_may_be_writable_and_only_if_sticky),
	    TEST(no_link_is_followed_anywhere),
	    TEST(a_second_hard_link_is_refused),
	    TEST(what_is_not_a_regular_file_is_refused_without_waiting),
	    TEST(a_foreign_owner_is_refused),
	    TEST(root_and_oneself_are_trusted_and_own_only_means_oneself),
	};
	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
