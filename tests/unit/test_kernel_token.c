/* Access tokens in the kernel keyring: aliases, life, other users, and a kernel without keys. */
#include "kernel_token.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "slot_uid.h"
#include "text.h"

#include "banned.h"

#define PROCESS ((long)KEY_SPEC_PROCESS_KEYRING)

/* Origins and names that no other run uses: the keyring is the user's real one. */
static char mark[64], origin[SF_ORIGIN_SIZE], also[SF_ORIGIN_SIZE];

static long keyctl(int operation, long a, long b, long c, long d)
{
	return syscall(SYS_keyctl, operation, a, b, c, d);
}

static long user_key(const char *name)
{
	return keyctl(KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, (long)"user", (long)name, 0);
}

static const char *name_of(const char *kind, const char *of, const char *username)
{
	static char name[512];
	struct sf_text text = SF_TEXT(name);

	assert_true(sf_text_addf(
	    &text, "sfoauth:%s:%s%s%s", kind, of, username ? "#" : "", username ? username : ""));
	return name;
}

/* How many keys of the user keyring have to do with this run. */
static size_t count_keys(void)
{
	int32_t keys[1024];
	long size = keyctl(KEYCTL_READ, KEY_SPEC_USER_KEYRING, (long)keys, (long)sizeof(keys), 0);
	size_t count = 0;

	for (long i = 0; i < size / (long)sizeof(keys[0]) && i < (long)SF_COUNT(keys); i++) {
		char text[1024];
		long len = keyctl(KEYCTL_DESCRIBE, keys[i], (long)text, (long)sizeof(text), 0);

		count += len > 0 && len < (long)sizeof(text) && strstr(text, mark);
	}
	return count;
}

static void plant(const char *name, const char *payload)
{
	assert_true(syscall(SYS_add_key, "user", name, payload, strlen(payload),
			(long)KEY_SPEC_USER_KEYRING) > 0);
}

static struct sf_token *make(const char *username, const char *generation, uint32_t life_s)
{
	struct sf_token *token = sf_token_new();

	assert_true(sf_text_copy(token->origin, sizeof(token->origin), origin));
	assert_true(sf_token_add_also(token, also));
	assert_true(sf_text_copy(token->username, sizeof(token->username), username));
	assert_true(sf_text_copy(token->generation, sizeof(token->generation), generation));
	token->expires_at = (uint64_t)sf_clock_wall_s() + life_s;
	token->access_token = sf_secret_from("00Dxx!access", 12);
	token->refresh_token = sf_secret_from("5Aep861refresh", 14);
	return token;
}

#define GENERATION_1 "0000000000000001"
#define GENERATION_2 "0000000000000002"

static bool put(const char *username, const char *generation, uint32_t life_s)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = make(username, generation, life_s);
	struct sf_error e;
	bool stored = false;

	assert_int_equal(sf_kernel_token_put(token, &stored, &e), SF_OK);
	return stored;
}

/* The generation of what get finds, "" where it finds nothing. */
static const char *get(const char *of, const char *username)
{
	static char generation[SF_TOKEN_GENERATION_SIZE];
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error e;

	assert_int_equal(sf_kernel_token_get(of, "", username, &token, &e), SF_OK);
	generation[0] = '\0';
	if (token) {
		assert_null(token->refresh_token);
		assert_non_null(token->access_token);
		assert_true(sf_text_copy(generation, sizeof(generation), token->generation));
	}
	return generation;
}

static void unlink_alias(const char *of)
{
	keyctl(KEYCTL_UNLINK, user_key(name_of("alias", of, NULL)), KEY_SPEC_USER_KEYRING, 0, 0);
}

static int forget(void **state)
{
	(void)state;
	sf_kernel_token_drop(origin, "", "ada@x", NULL);
	sf_kernel_token_drop(origin, "", "bob@x", NULL);
	unlink_alias(origin);
	unlink_alias(also);
	return count_keys() == 0 ? 0 : -1;
}

/* Run in a process of its own; its asserts end it with a status that is not 0. */
static void in_child(void (*run)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void give_up(const char *what)
{
	fprintf(stderr, "child: not so: %s\n", what);
	_exit(1);
}

#define MUST(what) ((what) ? (void)0 : give_up(#what))

static void what_is_put_is_got_by_every_origin_and_by_name(void **state)
{
	char text[1024] = "";
	long key;

	(void)state;
	assert_true(put("ada@x", GENERATION_1, 600));
	assert_string_equal(get(origin, NULL), GENERATION_1);
	assert_string_equal(get(also, NULL), GENERATION_1);
	assert_string_equal(get(origin, "ada@x"), GENERATION_1);
	assert_string_equal(get(also, "ADA@X"), GENERATION_1);
	assert_string_equal(get(origin, "bob@x"), "");
	assert_string_equal(get("https://other.example:443", NULL), "");
	assert_int_equal(count_keys(), 3);

	key = user_key(name_of("token", origin, "ada@x"));
	assert_true(keyctl(KEYCTL_DESCRIBE, key, (long)text, (long)sizeof(text), 0) > 0);
	assert_non_null(strstr(text, ";3f0b0000;"));
	key = keyctl(
	    KEYCTL_SEARCH, PROCESS, (long)"user", (long)name_of("token", origin, "ada@x"), 0);
	assert_int_equal(key, -1);
}

static void a_new_token_takes_the_place_of_the_old_one(void **state)
{
	long before;

	(void)state;
	assert_true(put("ada@x", GENERATION_1, 600));
	before = user_key(name_of("token", origin, "ada@x"));
	assert_true(put("ada@x", GENERATION_2, 600));
	assert_true(before != user_key(name_of("token", origin, "ada@x")));
	assert_int_equal(count_keys(), 3);
	assert_string_equal(get(also, NULL), GENERATION_2);
}

static void the_alias_moves_to_the_last_user_and_names_find_each(void **state)
{
	(void)state;
	assert_true(put("ada@x", GENERATION_1, 600));
	assert_true(put("bob@x", GENERATION_2, 600));
	assert_string_equal(get(origin, NULL), GENERATION_2);
	assert_string_equal(get(origin, "ada@x"), GENERATION_1);
	assert_string_equal(get(origin, "bob@x"), GENERATION_2);
	sf_kernel_token_drop(origin, "", "ada@x", NULL);
	assert_string_equal(get(origin, "ada@x"), "");
	assert_string_equal(get(origin, NULL), GENERATION_2);
}

static void users_are_those_with_a_key_of_that_origin(void **state)
{
	char users[2][SF_TOKEN_USERNAME_SIZE];

	(void)state;
	assert_true(put("ada@x", GENERATION_1, 600));
	assert_int_equal(sf_kernel_token_users(origin, "", users, 2), 1);
	assert_string_equal(users[0], "ada@x");
	assert_true(put("bob@x", GENERATION_2, 600));
	assert_int_equal(sf_kernel_token_users(origin, "", users, 2), 2);
	assert_int_equal(sf_kernel_token_users(origin, "", users, 1), 1);
	assert_int_equal(sf_kernel_token_users(also, "", users, 2), 0);
}

static void a_token_is_gone_when_its_life_is_over(void **state)
{
	const struct timespec wait = {.tv_sec = 2, .tv_nsec = 200000000};

	(void)state;
	assert_true(put("ada@x", GENERATION_1, 2));
	nanosleep(&wait, NULL);
	assert_string_equal(get(origin, NULL), "");
	assert_true(user_key(name_of("token", origin, "ada@x")) < 0);
	assert_false(put("ada@x", GENERATION_1, 0));
	assert_int_equal(user_key(name_of("alias", origin, NULL)), -1);
}

static void a_token_without_a_name_is_a_bug_and_without_access_not_stored(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = make("", GENERATION_1, 600);
	struct sf_error e;
	bool stored = true;

	(void)state;
	assert_int_equal(sf_kernel_token_put(token, &stored, &e), SF_E_BUG);
	assert_true(sf_text_copy(token->username, sizeof(token->username), "ada@x"));
	token->access_token = sf_secret_free(token->access_token);
	assert_int_equal(sf_kernel_token_put(token, &stored, &e), SF_OK);
	assert_false(stored);
	assert_int_equal(count_keys(), 0);
}

static void drop_takes_token_and_aliases_of_that_generation_only(void **state)
{
	(void)state;
	assert_true(put("ada@x", GENERATION_2, 600));
	sf_kernel_token_drop(origin, "", "ada@x", GENERATION_1);
	sf_kernel_token_drop(origin, "", "bob@x", NULL);
	assert_int_equal(count_keys(), 3);
	sf_kernel_token_drop(origin, "", "ada@x", GENERATION_2);
	assert_int_equal(count_keys(), 0);
	assert_true(put("ada@x", GENERATION_1, 600));
	sf_kernel_token_drop(also, "", NULL, GENERATION_1);
	assert_int_equal(count_keys(), 0);
}

static void a_payload_that_is_not_its_own_is_no_token(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = make("bob@x", GENERATION_1, 600);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	struct sf_error e;
	char name[512];

	(void)state;
	assert_true(sf_text_copy(name, sizeof(name), name_of("token", origin, "ada@x")));
	plant(name_of("alias", origin, NULL), "user:elsewhere");
	assert_string_equal(get(origin, NULL), "");
	plant(name_of("alias", origin, NULL), name);
	assert_string_equal(get(origin, NULL), "");
	plant(name, "rubbish");
	assert_string_equal(get(origin, NULL), "");
	assert_string_equal(get(origin, "ada@x"), "");

	/* A good token of bob's under ada's name. */
	assert_int_equal(sf_token_format(token, &stored, &e), SF_OK);
	plant(name, sf_secret_reveal(stored));
	assert_string_equal(get(origin, NULL), "");
	assert_string_equal(get(origin, "ada@x"), "");
	sf_kernel_token_drop(origin, "", "ada@x", GENERATION_1);
	assert_int_equal(count_keys(), 2);
	sf_kernel_token_drop(origin, "", "ada@x", NULL);
	assert_int_equal(count_keys(), 0);
}

static void an_alias_does_not_lead_to_a_token_for_other_hosts(void **state)
{
	static const char evil[] = "https://evil-x.example:443";
	char name[512];

	(void)state;
	assert_true(put("ada@x", GENERATION_1, 600));
	assert_true(sf_text_copy(name, sizeof(name), name_of("token", origin, "ada@x")));
	plant(name_of("alias", evil, NULL), name);
	assert_string_equal(get(evil, NULL), "");
	unlink_alias(evil);
}

static void read_in_another_session(void)
{
	MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0) > 0);
	MUST(strcmp(get(origin, NULL), GENERATION_1) == 0);
	MUST(keyctl(KEYCTL_REVOKE, KEY_SPEC_SESSION_KEYRING, 0, 0, 0) == 0);
	MUST(strcmp(get(origin, NULL), GENERATION_1) == 0);
}

static void a_process_in_another_session_or_without_one_reads_it(void **state)
{
	(void)state;
	assert_true(put("ada@x", GENERATION_1, 600));
	in_child(read_in_another_session);
}

static void use_as_stranger(void)
{
	const uid_t stranger = slot_uid(SLOT_UID_STRANGER);

	MUST(syscall(SYS_setresuid, stranger, stranger, stranger) == 0);
	MUST(get(origin, NULL)[0] == '\0');
	MUST(put("ada@x", GENERATION_2, 600));
	MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0) > 0);
	MUST(strcmp(get(origin, NULL), GENERATION_2) == 0);
	sf_kernel_token_drop(origin, "", "ada@x", NULL);
	MUST(count_keys() == 0);
}

static void other_users_have_their_own(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		printf("# skipped: only root can become another user\n");
		skip();
	}
	assert_true(put("ada@x", GENERATION_1, 600));
	in_child(use_as_stranger);
	assert_string_equal(get(origin, NULL), GENERATION_1);
}

static void use_where_keys_are_forbidden(void)
{
	struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_add_key, 2, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_keyctl, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};
	struct sock_fprog program = {.len = SF_COUNT(filter), .filter = filter};

	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
	MUST(!put("ada@x", GENERATION_1, 600));
	MUST(get(origin, NULL)[0] == '\0');
	sf_kernel_token_drop(origin, "", "ada@x", NULL);
}

static void where_the_kernel_forbids_keys_nothing_is_stored_and_nothing_fails(void **state)
{
	(void)state;
	in_child(use_where_keys_are_forbidden);
}

static int name_origins(void **state)
{
	(void)state;
	snprintf(mark, sizeof(mark), "-%d.sfoauth.example", (int)getpid());
	snprintf(origin, sizeof(origin), "https://unit%s:443", mark);
	snprintf(also, sizeof(also), "https://other%s:443", mark);
	return 0;
}

#define WITH_KEYS(test) cmocka_unit_test_teardown(test, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_KEYS(what_is_put_is_got_by_every_origin_and_by_name),
	    WITH_KEYS(a_new_token_takes_the_place_of_the_old_one),
	    WITH_KEYS(the_alias_moves_to_the_last_user_and_names_find_each),
	    WITH_KEYS(users_are_those_with_a_key_of_that_origin),
	    WITH_KEYS(a_token_is_gone_when_its_life_is_over),
	    WITH_KEYS(a_token_without_a_name_is_a_bug_and_without_access_not_stored),
	    WITH_KEYS(drop_takes_token_and_aliases_of_that_generation_only),
	    WITH_KEYS(a_payload_that_is_not_its_own_is_no_token),
	    WITH_KEYS(an_alias_does_not_lead_to_a_token_for_other_hosts),
	    WITH_KEYS(a_process_in_another_session_or_without_one_reads_it),
	    WITH_KEYS(other_users_have_their_own),
	    WITH_KEYS(where_the_kernel_forbids_keys_nothing_is_stored_and_nothing_fails),
	};

	if (keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1, 0, 0) < 0) {
		printf("1..0 # SKIP no kernel keyring here: %s\n", strerror(errno));
		return 0;
	}
	return cmocka_run_group_tests(tests, name_origins, NULL);
}
