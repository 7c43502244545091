/* The names of sshd's public keys: known answers of ssh-keygen, and files that are no key. */
#include "host_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "banned.h"

/* ssh-keygen -lf prints the same digests, in base64. */
#define ED25519                                                                                    \
	"ssh-ed25519 "                                                                             \
	"AAAAC3NzaC1lZDI1NTE5AAAAIFcWdANsRMJADbtWcSlfOd+Qv7g2EFM05VSUUqQnvkFf root@sfhost\n"
#define ED25519_NAME "DWN4TldjsKEX0_Bw3lRDPD"
#define ECDSA                                                                                      \
	"ecdsa-sha2-nistp256 "                                                                     \
	"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMEEj4QJxcfNMXJYAY"                   \
	"n31lusntEdYT+cR6xoUPFFxrX2SnEDOCWzGhekXGIsqOZ7zoYV4v7TeLbhzJ/mT+i6jP0=\n"
#define ECDSA_NAME "eGIzR058Imr9xZ-XAE6k1l"

static char directory[] = "/tmp/test_host_keys.XXXXXX";

static const char *put(const char *name, const char *line)
{
	static char paths[8][64];
	static size_t used;
	char *path = paths[used++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);

	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(line, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0644), 0);
	return path;
}

static void check(const char *const *files, const char *wanted)
{
	char names[SF_HOST_KEYS_SIZE] = "";
	struct sf_text text = SF_TEXT(names);

	sf_host_keys_names(files, &text);
	assert_string_equal(names, wanted);
}

static void each_key_has_the_name_that_ssh_keygen_computes(void **state)
{
	(void)state;
	const char *const files[] = {put("ecdsa", ECDSA), put("ed25519", ED25519), NULL};

	check(files, ECDSA_NAME ED25519_NAME);
}

static void a_file_that_is_no_public_key_has_no_name(void **state)
{
	static const char *const lines[] = {"", "\n", "ssh-ed25519", "ssh-ed25519 ",
	    "ssh-ed25519 AAAA", "ssh-ed25519 !",
	    "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIFcWdANsRMJADbtWcSlfOd+Qv7g2EFM05VSUUqQnvkFf x\n",
	    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(lines); i++) {
		const char *const files[] = {
		    put("other", lines[i]), "/nonexistent/key.pub", put("ed25519", ED25519), NULL};

		check(files, ED25519_NAME);
	}
}

static void a_file_that_others_may_write_has_no_name(void **state)
{
	(void)state;
	const char *const files[] = {put("ed25519", ED25519), NULL};

	assert_int_equal(chmod(files[0], 0666), 0);
	check(files, "");
}

static void more_keys_than_fit_are_left_out(void **state)
{
	const char *files[10];
	char wanted[SF_HOST_KEYS_SIZE] = "";
	struct sf_text text = SF_TEXT(wanted);

	(void)state;
	for (size_t i = 0; i < 9; i++)
		files[i] = put("ed25519", ED25519);
	files[9] = NULL;
	for (size_t i = 0; i < 8; i++)
		assert_true(sf_text_add(&text, ED25519_NAME));
	check(files, wanted);
}

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	static const char *const names[] = {"ecdsa", "ed25519", "other"};
	char path[64];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		(void)unlink(path);
	}
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_key_has_the_name_that_ssh_keygen_computes),
	    cmocka_unit_test(a_file_that_is_no_public_key_has_no_name),
	    cmocka_unit_test(a_file_that_others_may_write_has_no_name),
	    cmocka_unit_test(more_keys_than_fit_are_left_out),
	};

	return cmocka_run_group_tests_name("host_keys", tests, make_directory, remove_directory);
}
