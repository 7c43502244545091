/* Access tokens of two apps of one origin in the kernel keyring: none gets or drops the other's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "kernel_token.h"
#include "keyctl.h"
#include "text.h"

#include "banned.h"

/* An origin that no other run uses: the keyring is the user's real one. */
static char origin[SF_ORIGIN_SIZE];

static struct sf_token *make(const char *generation)
{
	struct sf_token *token = sf_token_new();

	assert_true(sf_text_copy(token->origin, sizeof(token->origin), origin));
	assert_true(sf_text_copy(token->username, sizeof(token->username), "ada@x"));
	assert_true(sf_text_copy(token->generation, sizeof(token->generation), generation));
	token->expires_at = (uint64_t)sf_clock_wall_s() + 100;
	token->access_token = sf_secret_from("00Dxx!access", 12);
	return token;
}

/* Store ada's token for an app; the generation says which one is found. */
static void put_app(const char *app, const char *generation)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = make(generation);
	struct sf_error e;
	bool stored = false;

	assert_true(sf_text_copy(token->app, sizeof(token->app), app));
	assert_int_equal(sf_kernel_token_put(token, &stored, &e), SF_OK);
	if (!stored) {
		print_message("needs a kernel keyring\n");
		skip();
	}
}

static void generation_is(const char *app, const char *username, const char *wanted)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error e;

	assert_int_equal(sf_kernel_token_get(origin, app, username, &token, &e), SF_OK);
	assert_string_equal(token ? token->generation : "", wanted);
}

static void two_apps_of_one_origin_have_two_tokens(void **state)
{
	char alias[512];

	(void)state;
	put_app("a", "0000000000000001");
	put_app("b", "0000000000000002");
	generation_is("a", NULL, "0000000000000001");
	generation_is("a", "ada@x", "0000000000000001");
	generation_is("b", NULL, "0000000000000002");
	generation_is("b", "ada@x", "0000000000000002");
	generation_is("c", NULL, "");
	generation_is("c", "ada@x", "");
	generation_is("", "ada@x", "");
	sf_kernel_token_drop(origin, "b", NULL, NULL);
	generation_is("b", "ada@x", "");
	generation_is("a", "ada@x", "0000000000000001");
	generation_is(NULL, "ada@x", "0000000000000001");
	put_app("b", "0000000000000002");
	(void)snprintf(alias, sizeof(alias), "sfoauth:alias:%s", origin);
	assert_true(sf_keyctl_unlink(sf_keyctl_find(alias)));
	generation_is(NULL, "ada@x", "");
	sf_kernel_token_drop(origin, "a", "ada@x", NULL);
	sf_kernel_token_drop(origin, "b", "ada@x", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_apps_of_one_origin_have_two_tokens),
	};

	(void)snprintf(
	    origin, sizeof(origin), "https://app-%d.my.salesforce.com:443", (int)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
