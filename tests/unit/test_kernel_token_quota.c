/*
 * A user's keys have a quota, which can end between any two of the steps of a put. Run as a user
 * whom nobody has, whose quota is filled to the byte.
 */
#include <limits.h>
#include <linux/keyctl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "kernel_token.h"
#include "slot_uid.h"
#include "text.h"

#include "banned.h"

#define JUNK_SIZE 3000
#define ORIGIN    "https://unit.sfoauth.example:443"
#define KEYS      3 /* of the token below */

#define MUST(what) ((what) ? (void)0 : give_up(#what))

static void give_up(const char *what)
{
	fprintf(stderr, "child: not so: %s\n", what);
	_exit(1);
}

/* A key of this process alone. One that is there changes its size. */
static bool fill(const char *name, size_t size)
{
	static const char junk[JUNK_SIZE];

	return syscall(SYS_add_key, "user", name, junk, size, (long)KEY_SPEC_PROCESS_KEYRING) > 0;
}

static long count_keys(void)
{
	int32_t keys[64];

	return syscall(SYS_keyctl, KEYCTL_READ, (long)KEY_SPEC_USER_KEYRING, keys, sizeof(keys)) /
	       (long)sizeof(keys[0]);
}

/*
 * What counts against this user's quota, from /proc/key-users: a line is "UID: USAGE KEYS/LIVE
 * KEYS/MAX BYTES/MAX". The kernel takes a removed key off it some time later.
 */
static void read_quota(long *ret_keys, long *ret_bytes)
{
	char line[128];
	FILE *users = fopen("/proc/key-users", "re");

	MUST(users);
	*ret_keys = *ret_bytes = 0;
	while (fgets(line, sizeof(line), users)) {
		char *at = line;
		const bool is_ours = strtoul(line, &at, 10) == getuid();
		const char *keys = strchr(at, '/') ? strchr(strchr(at, '/'), ' ') : NULL;
		const char *bytes = keys ? strchr(keys + 1, ' ') : NULL;

		if (!is_ours)
			continue;
		MUST(bytes);
		*ret_keys = strtol(keys, NULL, 10);
		*ret_bytes = strtol(bytes, NULL, 10);
	}
	fclose(users);
}

static void wait_for_quota(long keys_max, long bytes_max)
{
	const struct timespec pause = {.tv_nsec = 10000000};
	long keys = 0, bytes = 0;

	for (size_t i = 0; i < 2000; i++) {
		read_quota(&keys, &bytes);
		if (keys <= keys_max && bytes <= bytes_max)
			return;
		nanosleep(&pause, NULL);
	}
	give_up("the kernel gives the room of removed keys back");
}

/* Store with this much taken; then remove everything, and let the kernel give the room back. */
static bool fits_besides(size_t size)
{
	long keys, bytes;
	struct sf_token token = {
	    .origin = ORIGIN,
	    .also = {"https://other.sfoauth.example:443"},
	    .also_count = 1,
	    .username = "ada@x",
	    .generation = "0000000000000001",
	    .expires_at = (uint64_t)sf_clock_wall_s() + 600,
	    .access_token = sf_secret_from("00Dxx!access", 12),
	};
	struct sf_error e;
	bool stored = false;

	MUST(fill("filler", size));
	read_quota(&keys, &bytes);
	MUST(sf_kernel_token_put(&token, &stored, &e) == SF_OK);
	MUST(count_keys() == (stored ? KEYS : 0));
	sf_kernel_token_drop(ORIGIN, "", "ada@x", NULL);
	MUST(count_keys() == 0);
	wait_for_quota(keys, bytes);
	sf_secret_free(token.access_token);
	return stored;
}

static void fill_to_the_byte(void)
{
	size_t fits = 1, full = JUNK_SIZE;
	char name[16];
	const uid_t stranger = slot_uid(SLOT_UID_STRANGER);

	MUST(syscall(SYS_setresuid, stranger, stranger, stranger) == 0);
	/* An earlier test had this uid: its keys are counted for a while, two keyrings stay. */
	MUST(syscall(SYS_keyctl, KEYCTL_CLEAR, (long)KEY_SPEC_USER_KEYRING) == 0);
	wait_for_quota(2, LONG_MAX);
	MUST(fill("filler", full));
	/* Now to less than a token takes. */
	for (size_t size = JUNK_SIZE, i = 0; size > 100; size /= 2)
		while (snprintf(name, sizeof(name), "junk-%zu", i) > 0 && fill(name, size))
			MUST(++i < 100);
	MUST(fits_besides(fits) && !fits_besides(full));
	while (full - fits > 1) {
		size_t middle = (full + fits) / 2;

		*(fits_besides(middle) ? &fits : &full) = middle;
	}
	/* A link takes four bytes: here the keys can be made and one link after the other fails. */
	for (size_t more = 1; more <= KEYS * 4; more++)
		MUST(!fits_besides(fits + more));
}

static void a_quota_that_ends_between_two_steps_leaves_nothing(void **state)
{
	int status = 0;
	pid_t pid;

	(void)state;
	if (geteuid() != 0) {
		printf("# skipped: only root can become a user with a quota of its own\n");
		skip();
	}
	pid = fork();
	if (pid == 0) {
		fill_to_the_byte();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_quota_that_ends_between_two_steps_leaves_nothing),
	};

	if (syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, (long)KEY_SPEC_USER_KEYRING, 1L) < 0) {
		printf("1..0 # SKIP no kernel keyring here\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
