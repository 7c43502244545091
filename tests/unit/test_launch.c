/* The client secret goes to the worker only if nobody else can read or replace it. */
#include "launch.h"

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

/* A directory with a file and a link to it. */
struct place {
	char dir[32], file[48], link[48];
};

static void make_place(struct place *place)
{
	struct sf_text file = SF_TEXT(place->file), link = SF_TEXT(place->link);
	int fd;

	memcpy(place->dir, "/tmp/sf-test-launch-XXXXXX", 27);
	assert_non_null(mkdtemp(place->dir));
	assert_true(sf_text_addf(&file, "%s/secret", place->dir));
	assert_true(sf_text_addf(&link, "%s/link", place->dir));
	fd = open(place->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_true(sf_file_write_all(fd, "secret\n", 7));
	close(fd);
	assert_int_equal(symlink(place->file, place->link), 0);
}

static void remove_place(const struct place *place)
{
	assert_int_equal(unlink(place->link), 0);
	assert_int_equal(unlink(place->file), 0);
	assert_int_equal(rmdir(place->dir), 0);
}

static void the_secret_goes_along_as_the_configuration_says(void **state)
{
	static const struct {
		unsigned given;
		bool has_file;
		enum sf_client_auth wanted;
	} rows[] = {
	    {SF_ORG_AUTH_AUTO, true, SF_CLIENT_AUTH_BODY},
	    {SF_ORG_AUTH_AUTO, false, SF_CLIENT_AUTH_NONE},
	    {SF_ORG_AUTH_NONE, true, SF_CLIENT_AUTH_NONE},
	    {SF_ORG_AUTH_BODY, true, SF_CLIENT_AUTH_BODY},
	    {SF_ORG_AUTH_BASIC, true, SF_CLIENT_AUTH_BASIC},
	};
	char nothing[] = "";
	struct place place;

	(void)state;
	make_place(&place);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_fd_closep) int fd = -1;
		const struct sf_org org = {.client_auth = rows[i].given,
		    .client_secret_file = rows[i].has_file ? place.file : nothing};
		struct sf_job job = {0};
		struct sf_error e;

		assert_int_equal(sf_launch_secret(&org, &job, &fd, &e), SF_OK);
		assert_int_equal(job.client_auth, rows[i].wanted);
		assert_int_equal(fd >= 0, rows[i].wanted != SF_CLIENT_AUTH_NONE);
		/* Nobody here has read it. */
		if (fd >= 0)
			assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
	}
	remove_place(&place);
}

static void a_secret_that_others_may_read_or_replace_is_not_opened(void **state)
{
	struct place place;
	struct sf_error e;
	struct sf_job job = {0};
	int fd = -1;

	(void)state;
	make_place(&place);

	const struct sf_org linked = {.client_secret_file = place.link};
	const struct sf_org plain = {.client_secret_file = place.file};

	assert_int_equal(sf_launch_secret(&linked, &job, &fd, &e), SF_E_CONFIG);
	assert_int_equal(chmod(place.file, 0640), 0);
	assert_int_equal(sf_launch_secret(&plain, &job, &fd, &e), SF_E_CONFIG);
	assert_int_equal(chmod(place.file, 0600), 0);
	assert_int_equal(chmod(place.dir, 0777), 0);
	assert_int_equal(sf_launch_secret(&plain, &job, &fd, &e), SF_E_CONFIG);
	assert_int_equal(fd, -1);
	remove_place(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_secret_goes_along_as_the_configuration_says),
	    cmocka_unit_test(a_secret_that_others_may_read_or_replace_is_not_opened),
	};

	return cmocka_run_group_tests_name("launch", tests, NULL, NULL);
}
