/*
 * A directory of records of one's own, for the tests of handoff. cmocka.h comes first.
 */
#pragma once

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "handoff.h"
#include "rundir.h"
#include "text.h"

#define TOKEN "sfoauth=1\n"

/* A /run of one's own, on tmpfs. */
struct place {
	char parent[512];
	char path[600];
	int dir;
};

static inline void make_place(struct place *place)
{
	const struct sf_rundir_params params = {
	    .parent = place->parent, .name = SF_RUNDIR_HANDOFF, .in_memory = true};
	struct sf_text path = SF_TEXT(place->path);
	struct sf_error e;

	place->dir = -1;
	assert_true(sf_text_copy(place->parent, sizeof(place->parent), "/dev/shm/sf-test-XXXXXX"));
	assert_non_null(mkdtemp(place->parent));
	assert_true(sf_text_addf(&path, "%s/sfoauth/handoff", place->parent));
	assert_int_equal(sf_rundir_open(&params, &place->dir, &e), SF_OK);
}

static inline void remove_place(struct place *place)
{
	char path[600];
	struct sf_text text = SF_TEXT(path);

	close(place->dir);
	assert_int_equal(rmdir(place->path), 0);
	assert_true(sf_text_addf(&text, "%s/sfoauth", place->parent));
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(place->parent), 0);
}

static inline int new_record(struct place *place)
{
	struct sf_error e;
	int fd = -1;

	assert_int_equal(sf_handoff_new(place->dir, &fd, &e), SF_OK);
	assert_true(sf_file_write_all(fd, TOKEN, strlen(TOKEN)));
	return fd;
}

static inline void publish(struct place *place, char ret_id[static SF_HANDOFF_ID_SIZE])
{
	SF_CLEANUP(sf_fd_closep) int fd = new_record(place);
	struct sf_error e;

	assert_int_equal(sf_handoff_publish(place->dir, fd, geteuid(), ret_id, &e), SF_OK);
}

static inline void assert_token(int fd)
{
	char got[64] = "";

	assert_int_equal(read(fd, got, sizeof(got)), (int)strlen(TOKEN));
	assert_string_equal(got, TOKEN);
}

static inline enum sf_handoff_claim claim(
    struct place *place, const char *id, uid_t uid, int *ret_fd)
{
	return sf_handoff_claim(place->dir, id, uid, sf_clock_wall_s(), ret_fd);
}
