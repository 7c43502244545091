/* The output formats of a token; no value in them can act on a shell or a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "json_out.h"
#include "text.h"

#include "banned.h"

static struct sf_token *token_with(const char *access)
{
	struct sf_token *token = sf_token_new();

	assert_non_null(token);
	assert_true(sf_text_copy(
	    token->origin, sizeof(token->origin), "https://acme.my.salesforce.com:443"));
	assert_true(sf_text_copy(token->username, sizeof(token->username), "ada@acme.example"));
	assert_true(sf_text_copy(token->scope, sizeof(token->scope), "api id"));
	token->expires_at = 1800000000;
	token->access_token = sf_secret_from(access, strlen(access));
	assert_non_null(token->access_token);
	return token;
}

static void expect(enum sf_json_out_format format, const char *access, const char *wanted)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = token_with(access);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	struct sf_error e;

	assert_int_equal(sf_json_out_token(token, format, &text, &e), SF_OK);
	assert_string_equal(sf_secret_reveal(text), wanted);
}

static void raw_is_the_token_and_a_line_end(void **state)
{
	(void)state;
	expect(SF_JSON_OUT_RAW, "00D!abc", "00D!abc\n");
}

static void header_is_a_header(void **state)
{
	(void)state;
	expect(SF_JSON_OUT_HEADER, "00D!abc", "Authorization: Bearer 00D!abc\n");
}

static void env_is_quoted_so_that_a_shell_runs_nothing(void **state)
{
	(void)state;
	expect(SF_JSON_OUT_ENV, "00D!a$(id)'b",
	    "SF_ACCESS_TOKEN='00D!a$(id)'\\''b'\n"
	    "SF_ORG_INSTANCE_URL='https://acme.my.salesforce.com'\n");
}

static void curl_escapes_quote_and_backslash(void **state)
{
	(void)state;
	expect(SF_JSON_OUT_CURL, "a\"b\\c", "header = \"Authorization: Bearer a\\\"b\\\\c\"\n");
}

static void json_has_the_documented_keys(void **state)
{
	(void)state;
	expect(SF_JSON_OUT_JSON, "00D!abc",
	    "{\"schema\":1,"
	    "\"status\":\"ok\",\"access_token\":\"00D!abc\",\"token_type\":\"Bearer\","
	    "\"expires_at\":1800000000,\"instance_url\":\"https://acme.my.salesforce.com\","
	    "\"username\":\"ada@acme.example\",\"user_id\":\"\",\"organization_id\":\"\","
	    "\"scope\":\"api id\"}\n");
}

static void a_token_without_access_token_is_not_printed(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = token_with("x");
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	struct sf_error e;

	(void)state;
	token->access_token = sf_secret_free(token->access_token);
	assert_int_equal(sf_json_out_token(token, SF_JSON_OUT_RAW, &text, &e), SF_E_BUG);
	assert_null(text);
}

static void an_unknown_format_is_refused(void **state)
{
	enum sf_json_out_format format = SF_JSON_OUT_RAW;

	(void)state;
	assert_false(sf_json_out_format_of("yaml", &format));
	assert_false(sf_json_out_format_of("", &format));
	assert_true(sf_json_out_format_of("curl", &format));
	assert_int_equal(format, SF_JSON_OUT_CURL);
}

static void an_address_loses_only_the_usual_port(void **state)
{
	char url[SF_ORIGIN_SIZE];

	(void)state;
	sf_json_out_url("https://a.example:443", url);
	assert_string_equal(url, "https://a.example");
	sf_json_out_url("https://a.example:8443", url);
	assert_string_equal(url, "https://a.example:8443");
}

/* What the act prints on standard output. */
static void expect_line(const char *json, const char *wanted)
{
	char printed[256] = "";
	const int fd = memfd_create("printed", MFD_CLOEXEC), before = dup(STDOUT_FILENO);
	struct sf_error e;
	enum sf_err r;

	assert_true(fd >= 0 && before >= 0);
	assert_int_equal(fflush(stdout), 0);
	assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	r = sf_json_out_line(json, &e);
	(void)fflush(stdout);
	(void)dup2(before, STDOUT_FILENO);
	close(before);
	assert_int_equal(r, SF_OK);
	assert_true(pread(fd, printed, sizeof(printed) - 1, 0) > 0);
	close(fd);
	assert_string_equal(printed, wanted);
}

static void a_line_of_json_steers_no_terminal(void **state)
{
	(void)state;
	expect_line(
	    "{\"a\":\"h\xc3\xa9\xf0\x9f\x98\x80\"}", "{\"a\":\"h\xc3\xa9\xf0\x9f\x98\x80\"}\n");
	expect_line("\"\xc2\x9b"
		    "2J\"",
	    "\"\\u009b2J\"\n");
	expect_line("\"\x7f\"", "\"\\u007f\"\n");
	expect_line("\"a\xe2\x80\xae"
		    "b\"",
	    "\"a\\u202eb\"\n");
	expect_line("\"a\x9b"
		    "2J\"",
	    "\"a\\ufffd2J\"\n");
	expect_line("\xc2", "\\ufffd\n");
	expect_line("", "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(raw_is_the_token_and_a_line_end),
	    cmocka_unit_test(header_is_a_header),
	    cmocka_unit_test(env_is_quoted_so_that_a_shell_runs_nothing),
	    cmocka_unit_test(curl_escapes_quote_and_backslash),
	    cmocka_unit_test(json_has_the_documented_keys),
	    cmocka_unit_test(a_token_without_access_token_is_not_printed),
	    cmocka_unit_test(an_unknown_format_is_refused),
	    cmocka_unit_test(an_address_loses_only_the_usual_port),
	    cmocka_unit_test(a_line_of_json_steers_no_terminal),
	};

	sf_json_out_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
