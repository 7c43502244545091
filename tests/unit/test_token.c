/* The stored form of a token and its hosts, scopes and life. */
#include "token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

#define ORIGIN "https://acme.my.salesforce.com:443"
#define OTHER  "https://files.acme.example:8443"
#define LOGIN  "https://login.salesforce.com:443"

#define STORED                                                                                     \
	"sfoauth=1\n"                                                                              \
	"origin=" ORIGIN "\n"                                                                      \
	"also=" OTHER "\n"                                                                         \
	"also=https://x.example:443\n"                                                             \
	"org_id=00D5f000000AbcdEAC\n"                                                              \
	"user_id=0055f00000EfGhiAAF\n"                                                             \
	"username=ada@acme.example\n"                                                              \
	"scope=openid id api\n"                                                                    \
	"issued_at_ms=1700000000000\n"                                                             \
	"expires_at=1700007200\n"                                                                  \
	"generation=0123456789abcdef\n"                                                            \
	"access_token=00D5f000000Abcd!AQ.=secret\n"                                                \
	"refresh_token=5Aep861secret\n"

#define SHORTEST                                                                                   \
	"sfoauth=1\norigin=" ORIGIN "\nissued_at_ms=0\nexpires_at=0\n"                             \
	"generation=0123456789abcdef\naccess_token=x\n"

static struct sf_token *parse_bytes(const char *bytes, size_t len)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = sf_secret_from(bytes, len);
	struct sf_token *token = NULL;
	struct sf_error e;
	bool ours = false;

	assert_non_null(stored);
	assert_int_equal(sf_token_parse(stored, &ours, &token, &e), SF_OK);
	assert_int_equal(ours, token != NULL);
	return token;
}

static struct sf_token *parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static bool is_ours(const char *text)
{
	struct sf_token *token = parse(text);
	bool ours = token != NULL;

	sf_token_free(token);
	return ours;
}

static void assert_formats_to(const struct sf_token *token, const char *text)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	struct sf_error e;

	assert_int_equal(sf_token_format(token, &stored, &e), SF_OK);
	assert_int_equal(sf_secret_len(stored), strlen(text));
	assert_memory_equal(sf_secret_reveal(stored), text, strlen(text));
}

static void assert_secret(const struct sf_secret *secret, const char *text)
{
	assert_int_equal(sf_secret_len(secret), strlen(text));
	assert_memory_equal(sf_secret_reveal(secret), text, strlen(text));
}

static void a_stored_token_is_read_whole_and_written_back_the_same(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = parse(STORED);
	SF_CLEANUP(sf_token_freep) struct sf_token *shortest = parse(SHORTEST);

	(void)state;
	assert_non_null(token);
	assert_string_equal(token->origin, ORIGIN);
	assert_int_equal(token->also_count, 2);
	assert_string_equal(token->also[0], OTHER);
	assert_string_equal(token->org_id, "00D5f000000AbcdEAC");
	assert_string_equal(token->user_id, "0055f00000EfGhiAAF");
	assert_string_equal(token->username, "ada@acme.example");
	assert_string_equal(token->scope, "openid id api");
	assert_true(token->issued_at_ms == 1700000000000);
	assert_true(token->expires_at == 1700007200);
	assert_string_equal(token->generation, "0123456789abcdef");
	assert_secret(token->access_token, "00D5f000000Abcd!AQ.=secret");
	assert_secret(token->refresh_token, "5Aep861secret");
	assert_formats_to(token, STORED);
	assert_non_null(shortest);
	assert_null(shortest->refresh_token);
	assert_formats_to(shortest, SHORTEST);
}

static void a_copy_is_deep(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = parse(STORED);
	SF_CLEANUP(sf_token_freep) struct sf_token *copy = sf_token_copy(token);

	(void)state;
	assert_non_null(copy);
	assert_ptr_not_equal(copy->access_token, token->access_token);
	token = sf_token_free(token);
	assert_formats_to(copy, STORED);
}

/* STORED with one piece replaced. */
static bool is_ours_with(const char *old, const char *new)
{
	static char text[SF_TOKEN_STORED_MAX * 2];
	struct sf_text out = SF_TEXT(text);
	const char *at = strstr(STORED, old);

	assert_non_null(at);
	assert_true(sf_text_add_bytes(&out, STORED, (size_t)(at - STORED)) &&
		    sf_text_add(&out, new) && sf_text_add(&out, at + strlen(old)));
	return is_ours(text);
}

static void another_version_key_order_or_spelling_is_not_ours(void **state)
{
	static const char *const rows[][2] = {
	    {"sfoauth=1", "sfoauth=2"},
	    {"sfoauth=1\n", ""},
	    {"sfoauth=1\n", "\nsfoauth=1\n"},
	    {"origin=" ORIGIN "\n", ""},
	    {ORIGIN, "https://acme.my.salesforce.com"},
	    {ORIGIN, "https://ACME.my.salesforce.com:443"},
	    {ORIGIN, "http://acme.my.salesforce.com:443"},
	    {"also=" OTHER, "also=" ORIGIN},
	    {"also=https://x.example:443", "also=" OTHER},
	    {"also=" OTHER, "also="},
	    {"00D5f000000AbcdEAC", "00D5f000000Abcd"},
	    {"00D5f000000AbcdEAC", "00D5f000000AbcdEAD"},
	    {"0055f00000EfGhiAAF", "00D5f000000AbcdEAC"},
	    {"ada@acme.example", "ada\x1b@acme.example"},
	    {"ada@acme.example", ""},
	    {"openid id api", "openid\tid"},
	    {"1700007200", "01700007200"},
	    {"1700007200", "-1"},
	    {"1700007200", ""},
	    {"1700007200", "18446744073709551616"},
	    {"0123456789abcdef", "0123456789ABCDEF"},
	    {"0123456789abcdef", "0123456789abcde"},
	    {"generation=0123456789abcdef\n", ""},
	    {"generation=", "colour=red\ngeneration="},
	    {"generation=", "Generation="},
	    {"scope=openid id api\n", "scope=openid id api\nscope=id\n"},
	    {"org_id=00D5f000000AbcdEAC\n", "user_id=0055f00000EfGhiAAF\n"},
	    {"AQ.=secret", "AQ secret"},
	    {"AQ.=secret", "AQ\r"},
	    {"AQ.=secret", "AQ\xc3\xbc"},
	    {"5Aep861secret\n", "5Aep861secret"},
	    {"5Aep861secret\n", "5Aep861secret\n\n"},
	    {"5Aep861secret", ""},
	    {"scope=", "scope"},
	};

	(void)state;
	assert_true(is_ours_with("ada@acme.example", "J\xc3\xbcrgen@acme.example"));
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		if (is_ours_with(rows[i][0], rows[i][1]))
			fail_msg("row %zu is taken for ours", i);
	assert_false(is_ours(""));
	assert_false(is_ours("sfoauth=1\n"));
	assert_false(is_ours("sfoauth=1\norigin=" ORIGIN
			     "\nissued_at_ms=0\nexpires_at=0\ngeneration=0123456789abcdef\n"));
}

static void a_form_cut_anywhere_or_with_a_nul_is_not_ours(void **state)
{
	char text[] = STORED;
	size_t without_refresh = strlen(STORED) - strlen("refresh_token=5Aep861secret\n");

	(void)state;
	for (size_t len = 0; len < strlen(STORED); len++)
		if (len != without_refresh)
			assert_null(parse_bytes(STORED, len));
	for (size_t i = 0; i < strlen(STORED); i++) {
		text[i] = '\0';
		assert_null(parse_bytes(text, strlen(STORED)));
		text[i] = STORED[i];
	}
}

static struct sf_secret *letters(size_t len)
{
	struct sf_secret *secret = sf_secret_new(len);

	for (size_t i = 0; i < len; i++)
		assert_true(sf_secret_add(secret, "x", 1));
	return secret;
}

static enum sf_err format(const struct sf_token *token)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	struct sf_error e;
	enum sf_err r = sf_token_format(token, &stored, &e);

	assert_int_equal(r == SF_OK, stored != NULL);
	return r;
}

static void the_largest_token_fits_and_a_byte_more_does_not(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = parse(STORED);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *back = NULL;
	char origin[SF_ORIGIN_SIZE];
	struct sf_error e;
	bool ours = false;

	(void)state;
	for (unsigned i = 0; token->also_count < SF_TOKEN_ALSO_MAX; i++) {
		struct sf_text text = SF_TEXT(origin);
		char label[61];

		memset(label, 'a', sizeof(label));
		label[60] = '\0';
		assert_true(sf_text_addf(
		    &text, "https://%s.%s.%s.%s%u:65535", label, label, label, label, i));
		assert_true(sf_token_add_also(token, origin));
	}
	memset(token->username, 'u', SF_TOKEN_USERNAME_SIZE - 1);
	memset(token->scope, 's', SF_TOKEN_SCOPE_SIZE - 1);
	sf_secret_free(token->access_token);
	sf_secret_free(token->refresh_token);
	token->access_token = letters(SF_TOKEN_ACCESS_MAX);
	token->refresh_token = letters(SF_TOKEN_REFRESH_MAX);
	token->issued_at_ms = UINT64_MAX;
	token->expires_at = UINT64_MAX;
	assert_int_equal(sf_token_format(token, &stored, &e), SF_OK);
	assert_int_equal(sf_token_parse(stored, &ours, &back, &e), SF_OK);
	assert_true(ours);
	assert_true(sf_secret_equal(token->access_token, back->access_token));

	sf_secret_free(token->access_token);
	token->access_token = letters(SF_TOKEN_ACCESS_MAX + 1);
	assert_int_equal(format(token), SF_E_BUG);
}

static void what_would_not_be_read_back_is_not_written(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = parse(STORED);

	(void)state;
	assert_int_equal(format(token), SF_OK);
	assert_true(sf_text_copy(token->username, sizeof(token->username), "ada\naccess_token=x"));
	assert_int_equal(format(token), SF_E_BUG);
	token->username[0] = '\0';
	assert_int_equal(format(token), SF_OK);
	assert_true(sf_text_copy(token->also[1], SF_ORIGIN_SIZE, OTHER));
	assert_int_equal(format(token), SF_E_BUG);
	token->also_count = SF_TOKEN_ALSO_MAX + 1;
	assert_int_equal(format(token), SF_E_BUG);
	token->also_count = 0;
	assert_int_equal(format(token), SF_OK);
	sf_secret_free(token->access_token);
	token->access_token = sf_secret_from("a\nb", 3);
	assert_int_equal(format(token), SF_E_BUG);
	token->access_token = sf_secret_free(token->access_token);
	assert_int_equal(format(token), SF_OK);
	token->refresh_token = sf_secret_free(token->refresh_token);
	assert_int_equal(format(token), SF_E_BUG);
}

static void life_ends_at_the_expiry(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = parse(STORED);

	(void)state;
	assert_int_equal(sf_token_life_s(token, 1700000000), 7200);
	assert_int_equal(sf_token_life_s(token, 1700007199), 1);
	assert_int_equal(sf_token_life_s(token, 1700007200), 0);
	assert_int_equal(sf_token_life_s(token, INT64_MAX), 0);
	token->expires_at = UINT64_MAX;
	assert_int_equal(sf_token_life_s(token, -5), UINT32_MAX);
	token->access_token = sf_secret_free(token->access_token);
	assert_int_equal(sf_token_life_s(token, 0), 0);
}

static void a_token_is_for_its_own_origins_only(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = parse(STORED);
	SF_CLEANUP(sf_token_freep) struct sf_token *empty = sf_token_new();

	(void)state;
	assert_true(sf_token_is_for(token, ORIGIN));
	assert_true(sf_token_is_for(token, OTHER));
	assert_false(sf_token_is_for(token, "https://acme.my.salesforce.com:444"));
	assert_false(sf_token_is_for(token, ""));
	assert_false(sf_token_is_for(empty, ""));
	assert_true(sf_token_add_also(token, ORIGIN));
	assert_int_equal(token->also_count, 2);
	for (char c = 'a'; token->also_count < SF_TOKEN_ALSO_MAX; c++)
		assert_true(sf_token_add_also(token, (char[]){c, '\0'}));
	assert_false(sf_token_add_also(token, "https://late.example:443"));
	assert_true(sf_token_add_also(token, OTHER));
}

static void scopes_are_whole_words_and_full_is_all_but_refresh(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = parse(STORED);

	(void)state;
	assert_true(sf_token_has_scope(token, "openid"));
	assert_true(sf_token_has_scope(token, "api"));
	assert_false(sf_token_has_scope(token, "ap"));
	assert_false(sf_token_has_scope(token, "apis"));
	assert_false(sf_token_has_scope(token, "openid id"));
	assert_false(sf_token_has_scope(token, ""));
	assert_true(sf_text_copy(token->scope, sizeof(token->scope), "id full"));
	assert_true(sf_token_has_scope(token, "api"));
	assert_false(sf_token_has_scope(token, "refresh_token"));
	assert_false(sf_token_has_scope(token, ""));
	assert_true(sf_text_copy(token->scope, sizeof(token->scope), "full refresh_token"));
	assert_true(sf_token_has_scope(token, "refresh_token"));
}

static void the_api_is_at_the_instance_where_the_login_host_is_shared(void **state)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = parse(STORED);

	(void)state;
	assert_string_equal(sf_token_api_origin(token), ORIGIN);
	assert_true(sf_text_copy(token->origin, sizeof(token->origin), LOGIN));
	assert_string_equal(sf_token_api_origin(token), OTHER);
	token->also_count = 0;
	assert_string_equal(sf_token_api_origin(token), LOGIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_stored_token_is_read_whole_and_written_back_the_same),
	    cmocka_unit_test(a_copy_is_deep),
	    cmocka_unit_test(another_version_key_order_or_spelling_is_not_ours),
	    cmocka_unit_test(a_form_cut_anywhere_or_with_a_nul_is_not_ours),
	    cmocka_unit_test(the_largest_token_fits_and_a_byte_more_does_not),
	    cmocka_unit_test(what_would_not_be_read_back_is_not_written),
	    cmocka_unit_test(life_ends_at_the_expiry),
	    cmocka_unit_test(a_token_is_for_its_own_origins_only),
	    cmocka_unit_test(scopes_are_whole_words_and_full_is_all_but_refresh),
	    cmocka_unit_test(the_api_is_at_the_instance_where_the_login_host_is_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
