/* What the credential helper answers git, in the form that git and the server understand. */
#include "gitcred.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

#define GENERATION "0123456789abcdef"

static uint64_t expires_at = 4102444800;

static enum sf_err answer_to(
    const char *request_text, const char *username, const char *access, struct sf_secret **ret_text)
{
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {.password = NULL};
	SF_CLEANUP(sf_token_freep) struct sf_token *token = sf_token_new();
	struct sf_error e;

	assert_non_null(token);
	assert_int_equal(sf_gitcred_parse(request_text, strlen(request_text), &request, &e), SF_OK);
	assert_true(sf_text_copy(token->username, sizeof(token->username), username));
	assert_true(sf_text_copy(token->generation, sizeof(token->generation), GENERATION));
	token->expires_at = expires_at;
	token->access_token = access ? sf_secret_from(access, strlen(access)) : NULL;
	return sf_gitcred_output(&request, token, ret_text, &e);
}

static enum sf_err answer(const char *username, const char *access, struct sf_secret **ret_text)
{
	return answer_to("", username, access, ret_text);
}

static void assert_answer(const char *request_text, const char *wanted)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;

	assert_int_equal(answer_to(request_text, "ada@acme.example", "00D!x=y", &text), SF_OK);
	assert_string_equal(sf_secret_reveal(text), wanted);
}

#define PASSWORD_LINES "username=ada@acme.example\npassword=00D!x=y\n"
#define BEARER_LINES   "authtype=Bearer\nephemeral=1\ncredential=00D!x=y\n"
#define EXPIRY_LINE    "password_expiry_utc=4102444800\n"
#define STATE_LINE     "state[]=sfoauth:" GENERATION "\n"

static void the_form_is_what_the_caller_and_the_server_understand(void **state)
{
	static const struct {
		const char *request;
		bool is_bearer;
	} rows[] = {
	    {"", false},
	    {"capability[]=other\n", false},
	    {"capability[]=Authtype\n", false},
	    {"capability[]=authtype\n", true},
	    {"capability[]=authtype\ncapability[]=\n", false},
	    {"capability[]=\ncapability[]=authtype\n", true},
	    {"capability[]=authtype\nurl=https://a\n", false},
	    {"wwwauth[]=Bearer\n", false},
	    {"capability[]=authtype\nwwwauth[]=Basic realm=\"x\"\n", false},
	    {"capability[]=authtype\nwwwauth[]=basic\n", false},
	    {"capability[]=authtype\nwwwauth[]=Basic\nwwwauth[]=bEARER\n", true},
	    {"capability[]=authtype\nwwwauth[]=Basic realm=\"x\", Bearer realm=y\n", true},
	    {"capability[]=authtype\nwwwauth[]=Basic realm=\"a\\\", Bearer\"\n", false},
	    {"capability[]=authtype\nwwwauth[]=Basic realm=\", Bearer \n", false},
	    {"capability[]=authtype\nwwwauth[]=Basic x=1, Bearer=2\n", false},
	    {"capability[]=authtype\nwwwauth[]=Basic Bearer\n", false},
	    {"capability[]=authtype\nwwwauth[]=Basic\nwwwauth[]=\n", true},
	    {"capability[]=authtype\nwwwauth[]=Token\n", true},
	    {"capability[]=authtype\nwwwauth[]=Basics\n", true},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		assert_answer(rows[i].request,
		    rows[i].is_bearer ? "capability[]=authtype\n" BEARER_LINES EXPIRY_LINE
				      : PASSWORD_LINES EXPIRY_LINE);
}

static void who_brings_state_back_gets_it_and_may_call_again_once(void **state)
{
	(void)state;
	assert_answer("capability[]=state\n",
	    "capability[]=state\n" PASSWORD_LINES EXPIRY_LINE STATE_LINE "continue=1\n");
	assert_answer("capability[]=authtype\ncapability[]=state\n",
	    "capability[]=authtype\ncapability[]=state\n" BEARER_LINES EXPIRY_LINE STATE_LINE
	    "continue=1\n");
	assert_answer("capability[]=state\nstate[]=sfoauth:fedcba9876543210\n",
	    "capability[]=state\n" PASSWORD_LINES EXPIRY_LINE STATE_LINE);
}

static void the_answer_is_username_password_and_expiry(void **state)
{
	static const char wanted[] =
	    "username=ada@acme.example\npassword=00D!x=y\npassword_expiry_utc=4102444800\n";
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;

	(void)state;
	assert_int_equal(answer("ada@acme.example", "00D!x=y", &text), SF_OK);
	assert_int_equal(sf_secret_len(text), strlen(wanted));
	assert_memory_equal(sf_secret_reveal(text), wanted, strlen(wanted));
}

static void an_expiry_that_has_passed_is_not_told(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;

	(void)state;
	expires_at = 1700007200;
	assert_int_equal(answer("ada@acme.example", "00D!x=y", &text), SF_OK);
	expires_at = 4102444800;
	assert_string_equal(sf_secret_reveal(text), PASSWORD_LINES);
}

static void an_answer_that_would_inject_a_line_is_none(void **state)
{
	struct sf_secret *text = NULL;

	(void)state;
	assert_int_equal(answer("ada\nhost=b", "x", &text), SF_E_BUG);
	assert_int_equal(answer("ada\r", "x", &text), SF_E_BUG);
	assert_int_equal(answer("ada", "x\nquit=1", &text), SF_E_BUG);
	assert_int_equal(answer("ada", "x\x7f", &text), SF_E_BUG);
	assert_int_equal(answer("ada", NULL, &text), SF_E_BUG);
	assert_null(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_form_is_what_the_caller_and_the_server_understand),
	    cmocka_unit_test(who_brings_state_back_gets_it_and_may_call_again_once),
	    cmocka_unit_test(the_answer_is_username_password_and_expiry),
	    cmocka_unit_test(an_expiry_that_has_passed_is_not_told),
	    cmocka_unit_test(an_answer_that_would_inject_a_line_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
