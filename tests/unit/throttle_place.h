/* A directory for the file of counters. cmocka.h and throttle.h come first. */
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define NOW       1000000 /* any time of the clock */
#define FILE_NAME "limits-1"

struct place {
	char path[64];
	int dir;
};

static inline struct place make_place(void)
{
	struct place place = {.path = "/tmp/sf-test-limits-XXXXXX"};

	assert_non_null(mkdtemp(place.path));
	place.dir = open(place.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(place.dir >= 0);
	return place;
}

static inline void remove_place(struct place *place)
{
	(void)unlinkat(place->dir, FILE_NAME, 0);
	close(place->dir);
	assert_int_equal(rmdir(place->path), 0);
}
