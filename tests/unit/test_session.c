/* The recipe as far as it needs no worker: kernel row, limits, what is dropped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "config.h"
#include "kernel_token.h"
#include "session.h"
#include "slot_uid.h"
#include "text.h"

#include "banned.h"

static const char key[] = "https://session-test.my.salesforce.com:443", ada[] = "ada@acme.example";

struct fixture {
	struct sf_config *config;
	struct sf_settings settings; /* no bus: the desktop keyring is absent */
	struct sf_target target;
	struct sf_session_params params;
	struct sf_session session;
};

static struct fixture fixture;

static int begin_with(const char *more)
{
	static char home[] = "/nonexistent";
	const struct sf_config_params how = {.name = "test"};
	char text[512];
	struct sf_text t = SF_TEXT(text);
	struct sf_error e;

	memset(&fixture, 0, sizeof(fixture));
	sf_text_addf(&t,
	    "[org acme]\nlogin_url = https://session-test.my.salesforce.com\n"
	    "client_id = x\n%s",
	    more);
	if (sf_config_parse(&how, text, t.len, &fixture.config, &e) != SF_OK)
		return 1;
	fixture.settings.config = fixture.config;
	fixture.settings.home = home;
	fixture.target =
	    (struct sf_target){.settings = &fixture.settings, .org = &fixture.config->orgs[0]};
	fixture.params = (struct sf_session_params){.may_open_keyring = true};
	return sf_target_resolve(&fixture.target, &e) != SF_OK ||
	       sf_session_begin(&fixture.target, &fixture.params, &fixture.session, &e) != SF_OK;
}

static int begin(void **state)
{
	(void)state;
	return begin_with("");
}

static int end(void **state)
{
	(void)state;
	sf_kernel_token_drop(key, "x", ada, NULL);
	sf_kernel_token_drop(key, "", ada, NULL);
	sf_config_freep(&fixture.config);
	return 0;
}

static void put(const char *access, uint32_t life_s)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = sf_token_new();
	struct sf_error e;
	bool is_stored = false;

	assert_non_null(token);
	assert_true(sf_text_copy(token->origin, sizeof(token->origin), key));
	assert_true(sf_text_copy(token->app, sizeof(token->app), "x"));
	assert_true(sf_text_copy(token->username, sizeof(token->username), ada));
	assert_true(sf_text_copy(token->org_id, sizeof(token->org_id), "00D5f000000AbcdEAC"));
	assert_true(sf_text_copy(token->user_id, sizeof(token->user_id), "0055f00000EfGhiAAF"));
	assert_true(sf_text_random_hex(token->generation, (sizeof(token->generation) - 1) / 2));
	token->issued_at_ms = (uint64_t)sf_clock_wall_s() * 1000;
	token->expires_at = (uint64_t)sf_clock_wall_s() + life_s;
	token->access_token = sf_secret_from(access, strlen(access));
	assert_int_equal(sf_kernel_token_put(token, &is_stored, &e), SF_OK);
	if (!is_stored) {
		print_message("needs a kernel keyring\n");
		skip();
	}
}

static enum sf_err get(struct sf_token **ret_token)
{
	struct sf_error e;

	return sf_session_token(&fixture.session, ret_token, &e);
}

static void a_valid_token_of_the_kernel_row_is_used(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;

	(void)state;
	put("00D!hot", 600);
	assert_int_equal(get(&token), SF_OK);
	assert_string_equal(sf_secret_reveal(token->access_token), "00D!hot");
}

static void a_token_about_to_end_is_as_good_as_none(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;

	(void)state;
	put("00D!old", SF_SESSION_MIN_LIFE_S - 5);
	assert_int_equal(get(&token), SF_E_KEYRING);
	assert_null(token);
}

static void min_life_is_respected_and_must_be_possible(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_session session;
	struct sf_error e;

	(void)state;
	put("00D!hot", 600);
	fixture.session.params.min_life_s = 700;
	assert_int_equal(get(&token), SF_E_KEYRING);
	fixture.session.params.min_life_s = 500;
	assert_int_equal(get(&token), SF_OK);
	fixture.params.min_life_s = 7200;
	assert_int_equal(
	    sf_session_begin(&fixture.target, &fixture.params, &session, &e), SF_E_USAGE);
}

static void another_user_is_not_answered(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;

	(void)state;
	put("00D!hot", 600);
	fixture.session.target.user = "bob@acme.example";
	assert_int_equal(get(&token), SF_E_KEYRING);
}

static void kernel_cache_no_reads_nothing_there(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;

	put("00D!hot", 600);
	sf_config_freep(&fixture.config);
	assert_int_equal(begin_with("kernel_cache = no\n"), 0);
	assert_int_equal(get(&token), SF_E_KEYRING);
	(void)state;
}

static void tokens_of_the_environment_have_a_key_of_their_own(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error e;

	(void)state;
	put("00D!hot", 600);
	fixture.settings.is_from_environment = true;
	assert_int_equal(sf_target_resolve(&fixture.session.target, &e), SF_OK);
	assert_int_equal(get(&token), SF_E_KEYRING);
}

static void only_the_presented_token_is_dropped(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *other = sf_secret_from("00D!other", 9);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *same = sf_secret_from("00D!hot", 7);
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *none = NULL;
	struct sf_error e;

	(void)state;
	put("00D!hot", 600);
	assert_int_equal(sf_session_erase(&fixture.session, other, &e), SF_OK);
	assert_int_equal(get(&token), SF_OK);
	assert_int_equal(sf_session_erase(&fixture.session, same, &e), SF_OK);
	assert_int_equal(get(&none), SF_E_KEYRING);
}

static void a_sign_in_that_can_be_kept_nowhere_is_not_started(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error e;

	(void)state;
	fixture.session.target.has_kernel = false;
	assert_int_equal(sf_session_sign_in(&fixture.session, &token, &e), SF_E_STORE);
}

int main(void)
{
#define BEGUN(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
	    BEGUN(a_valid_token_of_the_kernel_row_is_used),
	    BEGUN(a_token_about_to_end_is_as_good_as_none),
	    BEGUN(min_life_is_respected_and_must_be_possible),
	    BEGUN(another_user_is_not_answered),
	    BEGUN(kernel_cache_no_reads_nothing_there),
	    BEGUN(tokens_of_the_environment_have_a_key_of_their_own),
	    BEGUN(only_the_presented_token_is_dropped),
	    BEGUN(a_sign_in_that_can_be_kept_nowhere_is_not_started),
	};

	if (!slot_uid_become(SLOT_UID_SIGN_IN))
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
