/* The worker's sandbox in a refresh: it reaches one kernel key, and no other. */
#include "confined.h"

#include <linux/keyctl.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "keyctl.h"

#include "banned.h"

static char name[64]; /* of this run alone: all of a user share the user keyring */
static long parked, other_key;

/*
 * The keys of a child: a process does not inherit those of its parent. Ends it with 77 where there
 * are no kernel keyrings.
 */
static void make_keys(struct sf_sandbox_params *params)
{
	parked = sf_keyctl_make(name, "empty", 5, SF_KEYCTL_PENDING_LIFE_S);
	other_key = sf_keyctl_make("sfoauth-test-other", "other", 5, 60);
	if (parked == SF_KEYCTL_NONE || other_key == SF_KEYCTL_NONE)
		_exit(77);
	params->park = parked;
	params->park_size = SF_TOKEN_STORED_MAX;
	params->park_life_s = SF_KEYCTL_PENDING_LIFE_S;
}

static int park_in_the_key(void)
{
	if (!sf_keyctl_update(parked, "answer", 6, SF_KEYCTL_PENDING_LIFE_S) ||
	    !sf_keyctl_link(parked))
		return 1;
	return sf_sandbox_trapped() == 0 ? 0 : 2;
}

/* Number of the first call that is not refused, 0: all are. */
static int escape_by_keys(void)
{
	const long user = KEY_SPEC_USER_KEYRING, process = KEY_SPEC_PROCESS_KEYRING;
	const struct {
		long operation, arguments[4];
	} calls[] = {
	    {KEYCTL_UPDATE, {other_key, (long)"x", 1, 0}},
	    {KEYCTL_UPDATE, {user, (long)"x", 1, 0}},
	    {KEYCTL_UPDATE, {parked, (long)"x", SF_TOKEN_STORED_MAX + 1, 0}},
	    {KEYCTL_SET_TIMEOUT, {parked, 0, 0, 0}},
	    {KEYCTL_SET_TIMEOUT, {parked, SF_KEYCTL_PENDING_LIFE_S + 1, 0, 0}},
	    {KEYCTL_SET_TIMEOUT, {other_key, SF_KEYCTL_PENDING_LIFE_S, 0, 0}},
	    {KEYCTL_SET_TIMEOUT, {user, SF_KEYCTL_PENDING_LIFE_S, 0, 0}},
	    {KEYCTL_LINK, {parked, process, 0, 0}},
	    {KEYCTL_LINK, {parked, KEY_SPEC_SESSION_KEYRING, 0, 0}},
	    {KEYCTL_LINK, {other_key, user, 0, 0}},
	    {KEYCTL_LINK, {process, user, 0, 0}},
	    {KEYCTL_READ, {parked, (long)(char[8]){0}, 8, 0}},
	    {KEYCTL_READ, {user, (long)(char[8]){0}, 8, 0}},
	    {KEYCTL_SEARCH, {user, (long)"user", (long)name, 0}},
	    {KEYCTL_UNLINK, {parked, process, 0, 0}},
	    {KEYCTL_UNLINK, {parked, user, 0, 0}},
	    {KEYCTL_CLEAR, {user, 0, 0, 0}},
	    {KEYCTL_REVOKE, {parked, 0, 0, 0}},
	    {KEYCTL_INVALIDATE, {parked, 0, 0, 0}},
	    {KEYCTL_SETPERM, {parked, 0x3f3f3f3f, 0, 0}},
	    {KEYCTL_CHOWN, {parked, -1, -1, 0}},
	    {KEYCTL_DESCRIBE, {parked, (long)(char[8]){0}, 8, 0}},
	    {KEYCTL_JOIN_SESSION_KEYRING, {0, 0, 0, 0}},
	    {KEYCTL_GET_PERSISTENT, {-1, process, 0, 0}},
	    {KEYCTL_UPDATE | 1L << 32, {parked, (long)"x", 1, 0}},
	    {KEYCTL_UPDATE, {parked | 1L << 32, (long)"x", 1, 0}},
	};

	for (size_t i = 0; i < SF_COUNT(calls); i++) {
		const long *a = calls[i].arguments;

		if (refused(syscall(SYS_keyctl, calls[i].operation, a[0], a[1], a[2], a[3])))
			return (int)i + 1;
	}
	if (refused(syscall(SYS_add_key, "user", name, "x", 1, user)))
		return 100;
	return refused(syscall(SYS_request_key, "user", name, "x", user)) ? 101 : 0;
}

static void test_parks(void **state)
{
	struct sf_keyctl_payload payload = {.len = 0};

	(void)state;
	(void)snprintf(name, sizeof(name), SF_KEYCTL_PENDING "sandbox-test-%d", (int)getpid());
	const int result = confined_by(escape_by_keys, make_keys);

	if (result == 77) {
		print_message("needs a kernel keyring\n");
		skip();
	}
	assert_int_equal(result, 0);
	assert_true(sf_keyctl_find(name) <= 0);
	/* Beyond the end of the process that parked it. */
	assert_int_equal(confined_by(park_in_the_key, make_keys), 0);
	const long found = sf_keyctl_find(name);

	assert_true(found > 0 && sf_keyctl_read(found, &payload));
	assert_int_equal(payload.len, 6);
	assert_memory_equal(payload.bytes, "answer", 6);
	assert_true(sf_keyctl_unlink(found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"a refresh reaches its one key, and no other", test_parks, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("sandbox_key", tests, NULL, NULL);
}
