/* What git writes to a credential helper, to the last allowed byte of a line. */
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

static enum sf_err parse_bytes(const char *bytes, size_t len, struct sf_gitcred *request)
{
	struct sf_error e = {.code = SF_OK};
	char *exact = malloc(len ? len : 1);
	enum sf_err r;

	assert_non_null(exact);
	if (len > 0)
		memcpy(exact, bytes, len);
	*request = (struct sf_gitcred){.password = NULL};
	r = sf_gitcred_parse(exact, len, request, &e);
	free(exact);
	/* Rejected input is never echoed. */
	if (r != SF_OK)
		assert_null(strstr(e.detail, "secret"));
	return r;
}

static enum sf_err parse(const char *text, struct sf_gitcred *request)
{
	return parse_bytes(text, strlen(text), request);
}

static bool password_is(const struct sf_gitcred *request, const char *password)
{
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *wanted = sf_secret_from(password, strlen(password));

	return sf_secret_equal(request->password, wanted);
}

static void the_keys_we_use_are_read_and_others_ignored(void **state)
{
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {.password = NULL};
	char origin[SF_ORIGIN_SIZE];

	(void)state;
	assert_int_equal(
	    parse("capability[]=authtype\nprotocol=https\nhost=Acme.my.salesforce.com\n"
		  "wwwauth[]=Bearer realm=\"x\"\npath=a=b\nusername=ada\npassword=p=q \n"
		  "colour=red\n\nhost=late.example\n",
		&request),
	    SF_OK);
	assert_string_equal(request.protocol, "https");
	assert_string_equal(request.host, "Acme.my.salesforce.com");
	assert_string_equal(request.path, "a=b");
	assert_string_equal(request.username, "ada");
	assert_true(request.has_username);
	assert_false(request.too_long);
	assert_true(password_is(&request, "p=q "));
	sf_gitcred_origin(&request, origin);
	assert_string_equal(origin, "https://acme.my.salesforce.com:443");
}

static void no_input_at_all_is_an_empty_request(void **state)
{
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {.password = NULL};
	char origin[SF_ORIGIN_SIZE];

	(void)state;
	assert_int_equal(parse("", &request), SF_OK);
	assert_false(request.has_username);
	assert_null(request.password);
	sf_gitcred_origin(&request, origin);
	assert_string_equal(origin, "");
	assert_int_equal(parse("\n\n", &request), SF_OK);
}

static void the_last_line_may_lack_its_end_and_the_last_value_wins(void **state)
{
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {.password = NULL};

	(void)state;
	assert_int_equal(
	    parse(
		"host=a.example\npassword=one\npassword=two\nusername=\nhost=b.example", &request),
	    SF_OK);
	assert_string_equal(request.host, "b.example");
	assert_true(request.has_username);
	assert_string_equal(request.username, "");
	assert_true(password_is(&request, "two"));
}

static void carriage_return_nul_and_lines_without_equals_refuse_the_whole(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
	    {"host=a\r\n", 8},
	    {"host=a\n\n\r", 9},
	    {"colour=\r\nhost=a\n", 16},
	    {"host=a\0b\n", 9},
	    {"host=a\n\n\0", 9},
	    {"\0", 1},
	    {"host\n", 5},
	    {"secret", 6},
	    {"host=a\n \n", 9},
	};
	struct sf_gitcred request;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		assert_int_equal(parse_bytes(rows[i].bytes, rows[i].len, &request), SF_E_USAGE);
}

static void a_line_of_65535_bytes_passes_and_one_more_refuses(void **state)
{
	static char text[SF_GITCRED_INPUT_MAX + 2];
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {.password = NULL};

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "password=", 9);
	text[SF_GITCRED_LINE_MAX] = '\n';
	assert_int_equal(parse_bytes(text, SF_GITCRED_LINE_MAX + 1, &request), SF_OK);
	assert_int_equal(sf_secret_len(request.password), SF_GITCRED_LINE_MAX - 9);
	sf_gitcred_clear(&request);
	assert_int_equal(parse_bytes(text, SF_GITCRED_LINE_MAX, &request), SF_OK);
	sf_gitcred_clear(&request);
	text[SF_GITCRED_LINE_MAX] = 'x';
	assert_int_equal(parse_bytes(text, SF_GITCRED_LINE_MAX + 1, &request), SF_E_USAGE);

	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "=\n", 2);
	sf_gitcred_clear(&request);
	assert_int_equal(parse_bytes(text, SF_GITCRED_INPUT_MAX, &request), SF_OK);
	assert_int_equal(parse_bytes(text, SF_GITCRED_INPUT_MAX + 1, &request), SF_E_USAGE);
}

static void a_value_that_does_not_fit_makes_the_request_none_of_ours(void **state)
{
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {.password = NULL};
	char text[4096], origin[SF_ORIGIN_SIZE];

	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		struct sf_text out = SF_TEXT(text);

		assert_true(sf_text_add(&out, "protocol=https\nhost=a.example\nusername="));
		for (size_t i = 0; i < SF_TOKEN_USERNAME_SIZE - 1 + extra; i++)
			assert_true(sf_text_add_char(&out, 'u'));
		assert_int_equal(parse(text, &request), SF_OK);
		assert_int_equal(request.too_long, extra == 1);
		sf_gitcred_origin(&request, origin);
		assert_string_equal(origin, extra ? "" : "https://a.example:443");
	}
}

/* What git 2.39 makes of the same url= lines (git credential fill prints them). */
static void an_url_is_taken_apart_as_git_does(void **state)
{
	static const struct {
		const char *url, *protocol, *host, *username, *password, *path;
	} rows[] = {
	    {"https://a.example", "https", "a.example", NULL, NULL, ""},
	    {"https://a.example:8443/", "https", "a.example:8443", NULL, NULL, ""},
	    {"https://ada@a.example/x/y//", "https", "a.example", "ada", NULL, "x/y"},
	    {"https://ada%40acme:se%63ret@a.example//x", "https", "a.example", "ada@acme", "secret",
		"x"},
	    {"https://ada:@a.example", "https", "a.example", "ada", "", ""},
	    {"https://:pw@a.example", "https", "a.example", "", "pw", ""},
	    {"https://@a.example", "https", "a.example", "", NULL, ""},
	    {"https://a.example?q@b.example", "https", "a.example", NULL, NULL, "?q@b.example"},
	    {"https://a.example#f", "https", "a.example", NULL, NULL, "#f"},
	    {"https://a%2eexample/%zz%2", "https", "a.example", NULL, NULL, "%zz%2"},
	    {"https://a%2eexample:1", "https", "a%2eexample:1", NULL, NULL, ""},
	    {"https:///path", "https", "", NULL, NULL, "path"},
	    {"cert:///p%00", "cert", "", NULL, NULL, "p%00"},
	    {"https://a@b@c.example", "https", "b@c.example", "a", NULL, ""},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {.password = NULL};
		char text[256];
		struct sf_text out = SF_TEXT(text);

		assert_true(sf_text_addf(&out,
		    "protocol=http\nhost=old\nusername=old\npassword=old\npath=old\nurl=%s\n",
		    rows[i].url));
		assert_int_equal(parse(text, &request), SF_OK);
		assert_string_equal(request.protocol, rows[i].protocol);
		assert_string_equal(request.host, rows[i].host);
		assert_string_equal(request.path, rows[i].path);
		assert_int_equal(request.has_username, rows[i].username != NULL);
		assert_string_equal(request.username, rows[i].username ? rows[i].username : "");
		if (rows[i].password)
			assert_true(password_is(&request, rows[i].password));
		else
			assert_null(request.password);
	}
}

static void an_url_without_scheme_or_with_a_hidden_line_end_refuses(void **state)
{
	static const char *const rows[] = {
	    "url=a.example\n",
	    "url=://a.example\n",
	    "url=\n",
	    "url=https://a.example%0ahost=b.example\n",
	    "url=https://u%0Ax@a.example\n",
	    "url=https://u:secret%0a@a.example\n",
	    "url=https://a.example/p%0d\n",
	};
	struct sf_gitcred request;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		assert_int_equal(parse(rows[i], &request), SF_E_USAGE);
}

static void only_an_https_origin_is_ours(void **state)
{
	static const struct {
		const char *protocol, *host, *origin;
	} rows[] = {
	    {"https", "a.example:443", "https://a.example:443"},
	    {"https", "a.example:8443", "https://a.example:8443"},
	    {"http", "a.example", ""},
	    {"", "a.example", ""},
	    {"https", "", ""},
	    {"https", "a.example:0", ""},
	    {"https", "a.example:65536", ""},
	    {"https", "a.example/", ""},
	    {"https", "user@a.example", ""},
	    {"https", "[::1]", ""},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct sf_gitcred request = {.password = NULL};
		char origin[SF_ORIGIN_SIZE];

		assert_true(
		    sf_text_copy(request.protocol, sizeof(request.protocol), rows[i].protocol));
		assert_true(sf_text_copy(request.host, sizeof(request.host), rows[i].host));
		sf_gitcred_origin(&request, origin);
		assert_string_equal(origin, rows[i].origin);
	}
}

static void our_own_state_is_found_among_that_of_others(void **state)
{
	static const struct {
		const char *request, *generation;
	} rows[] = {
	    {"state[]=sfoauth:" GENERATION "\n", GENERATION},
	    {"state[]=other:1\nstate[]=sfoauth:" GENERATION "\nstate[]=x\n", GENERATION},
	    {"state[]=sfoauth:" GENERATION "\nstate[]=\n", ""},
	    {"state[]=sfoauth:" GENERATION "\nurl=https://a\n", ""},
	    {"state[]=sfoauth:" GENERATION "0\n", ""},
	    {"state[]=sfoauth:0123456789ABCDEF\n", ""},
	    {"state[]=SFOAUTH:" GENERATION "\n", ""},
	    {"state[]=sfoauth:\n", ""},
	    {"state=sfoauth:" GENERATION "\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {.password = NULL};

		assert_int_equal(parse(rows[i].request, &request), SF_OK);
		assert_string_equal(request.generation, rows[i].generation);
	}
}

static void what_is_presented_is_a_bearer_or_a_password(void **state)
{
	static const struct {
		const char *request, *presented;
	} rows[] = {
	    {"password=p\n", "p"},
	    {"authtype=Bearer\ncredential=c\n", "c"},
	    {"authtype=bearer\ncredential=c\npassword=p\n", "c"},
	    {"authtype=Digest\ncredential=c\npassword=p\n", NULL},
	    {"credential=one\ncredential=c\n", "c"},
	    {"authtype=Bearer\npassword=p\n", "p"},
	    {"username=u\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {.password = NULL};
		const struct sf_secret *presented;

		assert_int_equal(parse(rows[i].request, &request), SF_OK);
		presented = sf_gitcred_presented(&request);
		if (rows[i].presented)
			assert_string_equal(sf_secret_reveal(presented), rows[i].presented);
		else
			assert_null(presented);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_keys_we_use_are_read_and_others_ignored),
	    cmocka_unit_test(no_input_at_all_is_an_empty_request),
	    cmocka_unit_test(the_last_line_may_lack_its_end_and_the_last_value_wins),
	    cmocka_unit_test(carriage_return_nul_and_lines_without_equals_refuse_the_whole),
	    cmocka_unit_test(a_line_of_65535_bytes_passes_and_one_more_refuses),
	    cmocka_unit_test(a_value_that_does_not_fit_makes_the_request_none_of_ours),
	    cmocka_unit_test(an_url_is_taken_apart_as_git_does),
	    cmocka_unit_test(an_url_without_scheme_or_with_a_hidden_line_end_refuses),
	    cmocka_unit_test(only_an_https_origin_is_ours),
	    cmocka_unit_test(our_own_state_is_found_among_that_of_others),
	    cmocka_unit_test(what_is_presented_is_a_bearer_or_a_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
