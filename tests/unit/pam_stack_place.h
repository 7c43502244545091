/* A stack for the tests of pam_stack.c: parsed from text, or read from files of a directory. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pam_stack.h"

static struct sf_pam_stack stack;

static inline enum sf_err parse(const char *words)
{
	char text[2048];
	struct sf_error e;

	assert_true(snprintf(text, sizeof(text), "%s", words) < (int)sizeof(text));
	return sf_pam_stack_parse("/nowhere", "sshd", text, &stack, &e);
}

static char directory[64];

static inline void put(const char *name, const char *text, mode_t mode)
{
	char path[128];
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static inline int make_directory(void **state)
{
	(void)state;
	(void)snprintf(directory, sizeof(directory), "/tmp/test_pam_stack.XXXXXX");
	return !mkdtemp(directory);
}

static inline int remove_directory(void **state)
{
	static const char *const names[] = {"sshd", "common", "more"};
	char path[128];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		(void)unlink(path);
	}
	return rmdir(directory);
}
