/* A pending token in the kernel: round trip, replacement, and other sessions of the user. */
#include <linux/keyctl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyctl.h"
#include "store_pending.h"
#include "slot_uid.h"
#include "text.h"

#include "banned.h"

static const char key[] = "https://park-test.my.salesforce.com:443", ada[] = "ada@acme.example",
		  bob[] = "bob@acme.example";

static struct sf_token *token_of(const char *user, const char *refresh_token)
{
	struct sf_token *token = sf_token_new();

	assert_non_null(token);
	assert_true(sf_text_copy(token->origin, sizeof(token->origin), key));
	assert_true(sf_text_copy(token->username, sizeof(token->username), user));
	memcpy(token->generation, "0123456789abcdef", sizeof(token->generation));
	token->expires_at = 1; /* the access token's end is not the pending token's */
	token->access_token = sf_secret_from("00D!x", 5);
	token->refresh_token = sf_secret_from(refresh_token, strlen(refresh_token));
	return token;
}

static void park(const char *where, const char *user, const char *refresh_token)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = token_of(user, refresh_token);
	bool is_pending = false;
	struct sf_error e;

	assert_int_equal(sf_store_pending_put(where, token, &is_pending, &e), SF_OK);
	if (!is_pending) {
		print_message("needs a kernel keyring\n");
		skip();
	}
}

static void pending_is(const char *user, const char *wanted)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error e;

	assert_int_equal(sf_store_pending_get(key, user, &token, &e), SF_OK);
	if (!wanted) {
		assert_null(token);
		return;
	}
	assert_non_null(token);
	assert_string_equal(sf_secret_reveal(token->refresh_token), wanted);
	assert_string_equal(sf_secret_reveal(token->access_token), "00D!x");
}

static int clear(void **state)
{
	(void)state;
	sf_store_pending_drop(key, ada);
	sf_store_pending_drop(key, bob);
	return 0;
}

static void a_pending_token_comes_back_whole(void **state)
{
	(void)state;
	pending_is(ada, NULL);
	park(key, ada, "5Aep1");
	pending_is(ada, "5Aep1");
	pending_is("ADA@acme.example", "5Aep1");
	pending_is(NULL, "5Aep1");
	pending_is(bob, NULL);
	sf_store_pending_drop(key, ada);
	pending_is(ada, NULL);
}

static void a_newer_one_takes_the_place_of_an_older_one(void **state)
{
	(void)state;
	park(key, ada, "5Aep1");
	park(key, bob, "5AepB");
	park(key, ada, "5Aep2");
	pending_is(ada, "5Aep2");
	pending_is(bob, "5AepB");
}

static void tokens_of_the_environment_are_pending_apart(void **state)
{
	static const char own[] = "environment:https://park-test.my.salesforce.com:443";

	(void)state;
	park(own, ada, "5Aep1");
	pending_is(ada, NULL);
	sf_store_pending_drop(own, ada);
}

/* As sf_store_pending_put would never do it. */
static void make(const char *name, const struct sf_token *token)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	struct sf_error e;

	assert_int_equal(sf_token_format(token, &stored, &e), SF_OK);
	const long made = sf_keyctl_make(name, sf_secret_reveal(stored), sf_secret_len(stored), 60);
	if (made <= 0) {
		print_message("needs a kernel keyring\n");
		skip();
	}
	assert_true(sf_keyctl_link(made));
	sf_keyctl_forget(made);
}

static void a_key_that_does_not_hold_what_it_is_named_after_is_none(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = token_of(bob, "5Aep1");
	char name[256];

	(void)state;
	(void)snprintf(name, sizeof(name), "sfoauth:parked:%s#%s", key, ada);
	make(name, token);
	pending_is(ada, NULL);
	memcpy(token->username, ada, sizeof(ada));
	memcpy(token->origin, "https://evil.example:443", sizeof("https://evil.example:443"));
	make(name, token);
	pending_is(ada, NULL);
	memcpy(token->origin, key, sizeof(key));
	token->refresh_token = sf_secret_free(token->refresh_token);
	make(name, token);
	pending_is(ada, NULL);
}

static void another_session_of_the_user_can_read_it_and_it_ends(void **state)
{
	char name[256], line[512], wanted[64];

	(void)state;
	park(key, ada, "5Aep1");
	(void)snprintf(name, sizeof(name), "sfoauth:parked:%s#%s", key, ada);
	const long found = sf_keyctl_find(name);
	assert_true(found > 0);
	assert_true(syscall(SYS_keyctl, KEYCTL_DESCRIBE, found, line, sizeof(line)) > 0);
	(void)snprintf(wanted, sizeof(wanted), "user;%u;%u;3f0b0000;", geteuid(), getegid());
	assert_memory_equal(line, wanted, strlen(wanted));
	/* A key without a time-out stays for ever: those of the kernel's list say "perm". */
	FILE *keys = fopen("/proc/keys", "re");
	bool is_seen = false;
	if (!keys) {
		print_message("needs /proc/keys\n");
		skip();
	}
	while (fgets(line, sizeof(line), keys)) {
		if (!strstr(line, name))
			continue;
		is_seen = true;
		assert_null(strstr(line, " perm "));
	}
	assert_int_equal(fclose(keys), 0);
	assert_true(is_seen);
}

int main(void)
{
#define CLEARED(test) cmocka_unit_test_setup_teardown(test, clear, clear)
	const struct CMUnitTest tests[] = {
	    CLEARED(a_pending_token_comes_back_whole),
	    CLEARED(a_newer_one_takes_the_place_of_an_older_one),
	    CLEARED(tokens_of_the_environment_are_pending_apart),
	    CLEARED(a_key_that_does_not_hold_what_it_is_named_after_is_none),
	    CLEARED(another_session_of_the_user_can_read_it_and_it_ends),
	};

	if (!slot_uid_become(SLOT_UID_SIGN_IN))
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
