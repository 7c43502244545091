/* Which request to the callback address carries our code or our refusal, and which is foreign. */
#include "callback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

#define ADDRESS "http://localhost:1717/OauthRedirect"
#define STATE   "state=S-tate_43"

static struct sf_callback_params expected(struct sf_secret *state)
{
	static const struct sf_origin issuer = {.host = "acme.my.salesforce.com",
	    .port = 443,
	    .text = "https://acme.my.salesforce.com:443"};

	return (struct sf_callback_params){.address = ADDRESS, .state = state, .issuer = &issuer};
}

static struct sf_callback read_query(const char *query, size_t len)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *state = sf_secret_from("S-tate_43", 9);
	const struct sf_callback_params params = expected(state);
	struct sf_callback callback = {0};
	struct sf_error e;

	assert_int_equal(sf_callback_query(&params, query, len, &callback, &e), SF_OK);
	return callback;
}

static struct sf_callback read_paste(const char *text)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *state = sf_secret_from("S-tate_43", 9);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *pasted = sf_secret_from(text, strlen(text));
	const struct sf_callback_params params = expected(state);
	struct sf_callback callback = {0};
	struct sf_error e;

	assert_int_equal(sf_callback_paste(&params, pasted, &callback, &e), SF_OK);
	return callback;
}

static void is_code(struct sf_callback callback, const char *code)
{
	assert_int_equal(callback.kind, SF_CALLBACK_CODE);
	assert_string_equal(sf_secret_reveal(callback.code), code);
	sf_callback_clear(&callback);
}

static void a_code_with_our_state_is_ours_and_decoded_once(void **state)
{
	static const char *const queries[][2] = {
	    {"code=aPrx&" STATE, "aPrx"},
	    {STATE "&code=aPrx%3D%3D", "aPrx=="},
	    {"code=a%253D&" STATE, "a%3D"},
	    {"code=a=b&" STATE "&sfdc_community_url=https%3A%2F%2Fx&sfdc_community_id=0DB", "a=b"},
	    {"code=a&state=S%2Dtate%5F43", "a"},
	    {"&&code=a&&" STATE "&", "a"},
	    {"code=a&" STATE "&iss=https%3A%2F%2Facme.my.salesforce.com", "a"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(queries); i++)
		is_code(read_query(queries[i][0], strlen(queries[i][0])), queries[i][1]);
}

static void what_is_not_exactly_one_code_with_our_state_is_foreign(void **state)
{
	static const char *const queries[] = {"", "&", "code=a", STATE,
	    "code=a&state=", "code=a&state", "code=a&state=S-tate_4", "code=a&state=S-tate_433",
	    "code=a&state=s-tate_43", "code=a&" STATE "&" STATE, "code=a&" STATE "&state=other",
	    "code=a&state=other&" STATE, "code=a&code=b&" STATE, "code=a&code=a&" STATE,
	    "code=&" STATE, "code&" STATE, "code=a&error=x&" STATE, "error=x&error=x&" STATE,
	    "code=a%20b&" STATE, "code=a+b&" STATE, "code=a%00&" STATE, "code=a%0a&" STATE,
	    "code=%c3%a4&" STATE, "code=a%&" STATE, "code=a%4&" STATE, "code=a%zz&" STATE,
	    "code=a&state=S-tate_43%00", "code=a&State=S-tate_43", "c%6fde=a&" STATE,
	    "code=a;" STATE, "code=a&" STATE "&iss=https%3A%2F%2Fevil.my.salesforce.com",
	    "code=a&" STATE "&iss=https%3A%2F%2Facme.my.salesforce.com%2Fx",
	    "code=a&" STATE "&iss=https%3A%2F%2Facme.my.salesforce.com%3A444",
	    "code=a&" STATE "&iss=", "code=a&" STATE "&iss",
	    "code=a&" STATE "&iss=https%3A%2F%2Facme.my.salesforce.com&iss=x"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(queries); i++) {
		struct sf_callback callback = read_query(queries[i], strlen(queries[i]));

		assert_int_equal(callback.kind, SF_CALLBACK_FOREIGN);
		assert_non_null(callback.why);
		assert_null(callback.code);
	}
}

static void a_refusal_is_ours_only_with_our_state(void **state)
{
	static const char words[] =
	    "error=access_denied&error_description=end-user+denied%20it&" STATE;
	struct sf_callback callback = read_query(words, strlen(words));

	(void)state;
	assert_int_equal(callback.kind, SF_CALLBACK_REFUSAL);
	assert_string_equal(callback.error, "access_denied");
	assert_string_equal(callback.description, "end-user denied it");
	assert_int_equal(read_query("error=access_denied", 19).kind, SF_CALLBACK_FOREIGN);
}

static void long_queries_and_codes_are_foreign(void **state)
{
	char query[SF_CALLBACK_QUERY_MAX + 64] = "code=a&" STATE "&x=";
	size_t len = strlen(query);
	struct sf_callback callback;

	(void)state;
	memset(query + len, 'x', sizeof(query) - len);
	callback = read_query(query, SF_CALLBACK_QUERY_MAX);
	is_code(callback, "a");
	assert_int_equal(read_query(query, SF_CALLBACK_QUERY_MAX + 1).kind, SF_CALLBACK_FOREIGN);
	memset(query, 'a', sizeof(query));
	memcpy(query, STATE "&code=", strlen(STATE "&code="));
	len = strlen(STATE "&code=") + SF_CALLBACK_CODE_MAX;
	callback = read_query(query, len);
	assert_int_equal(callback.kind, SF_CALLBACK_CODE);
	assert_int_equal(sf_secret_len(callback.code), SF_CALLBACK_CODE_MAX);
	sf_callback_clear(&callback);
	assert_int_equal(read_query(query, len + 1).kind, SF_CALLBACK_FOREIGN);
}

static void only_our_callback_counts_when_pasted(void **state)
{
	static const char *const foreign[] = {"", " ", "aPrx", "code=a&" STATE, "?code=a&" STATE,
	    ADDRESS, ADDRESS "?", ADDRESS "x?code=a&" STATE, ADDRESS "/?code=a&" STATE,
	    ADDRESS "&code=a&" STATE, ADDRESS "#code=a&" STATE,
	    "https://localhost:1717/OauthRedirect?code=a&" STATE,
	    "http://localhost:1718/OauthRedirect?code=a&" STATE,
	    "http://localhost:1717/oauthredirect?code=a&" STATE,
	    "http://127.0.0.1:1717/OauthRedirect?code=a&" STATE,
	    "http://x@localhost:1717/OauthRedirect?code=a&" STATE, "x " ADDRESS "?code=a&" STATE,
	    ADDRESS "?code=a&" STATE " " ADDRESS "?code=a&" STATE};

	(void)state;
	is_code(read_paste(ADDRESS "?code=aPrx%3D&" STATE), "aPrx=");
	is_code(read_paste(" \t" ADDRESS "?code=a&" STATE "#_=_\r\n"), "a");
	for (size_t i = 0; i < SF_COUNT(foreign); i++)
		assert_int_equal(read_paste(foreign[i]).kind, SF_CALLBACK_FOREIGN);
}

static void the_scheme_may_be_missing_and_nothing_else(void **state)
{
	static const char *const foreign[] = {"//localhost:1717/OauthRedirect?code=a&" STATE,
	    "ocalhost:1717/OauthRedirect?code=a&" STATE,
	    "ttp://localhost:1717/OauthRedirect?code=a&" STATE,
	    "x/localhost:1717/OauthRedirect?code=a&" STATE};

	(void)state;
	is_code(read_paste("localhost:1717/OauthRedirect?code=a&" STATE), "a");
	for (size_t i = 0; i < SF_COUNT(foreign); i++)
		assert_int_equal(read_paste(foreign[i]).kind, SF_CALLBACK_FOREIGN);
}

#define ERROR_PAGE "/setup/secur/RemoteAccessErrorPage.apexp"

static void salesforces_own_error_page_is_a_refusal(void **state)
{
	static const char *const foreign[] = {"https://acme.my.salesforce.com" ERROR_PAGE,
	    "https://acme.my.salesforce.com" ERROR_PAGE "?",
	    "https://acme.my.salesforce.com" ERROR_PAGE "?error=a&error=b",
	    "https://acme.my.salesforce.com" ERROR_PAGE "?code=a&" STATE,
	    "https://acme.my.salesforce.com/x" ERROR_PAGE "?error=access_denied",
	    "https://evil.my.salesforce.com" ERROR_PAGE "?error=access_denied",
	    "http://acme.my.salesforce.com" ERROR_PAGE "?error=access_denied"};
	const struct sf_callback callback =
	    read_paste(" https://acme.my.salesforce.com" ERROR_PAGE
		       "?error=OAUTH_APP_ACCESS_DENIED&error_description=not+approved\n");

	(void)state;
	assert_int_equal(callback.kind, SF_CALLBACK_REFUSAL);
	assert_string_equal(callback.error, "OAUTH_APP_ACCESS_DENIED");
	assert_string_equal(callback.description, "not approved");
	for (size_t i = 0; i < SF_COUNT(foreign); i++)
		assert_int_equal(read_paste(foreign[i]).kind, SF_CALLBACK_FOREIGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_code_with_our_state_is_ours_and_decoded_once),
	    cmocka_unit_test(what_is_not_exactly_one_code_with_our_state_is_foreign),
	    cmocka_unit_test(a_refusal_is_ours_only_with_our_state),
	    cmocka_unit_test(long_queries_and_codes_are_foreign),
	    cmocka_unit_test(only_our_callback_counts_when_pasted),
	    cmocka_unit_test(the_scheme_may_be_missing_and_nothing_else),
	    cmocka_unit_test(salesforces_own_error_page_is_a_refusal),
	};

	return cmocka_run_group_tests_name("callback", tests, NULL, NULL);
}
