/* PKCE and base64url against the vectors of RFC 7636. */
#include "pkce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

#define DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

static void the_challenge_is_that_of_rfc_7636(void **state)
{
	static const char verifier[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *secret = sf_secret_from(verifier, strlen(verifier));
	char challenge[SF_PKCE_TEXT_SIZE];
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_pkce_challenge(secret, challenge, &e), SF_OK);
	assert_string_equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void random_texts_are_43_characters_and_differ(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *first = NULL;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *second = NULL;
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_pkce_random(&first, &e), SF_OK);
	assert_int_equal(sf_pkce_random(&second, &e), SF_OK);
	assert_int_equal(sf_secret_len(first), 43);
	assert_true(sf_text_has_only(sf_secret_reveal(first), DIGITS));
	assert_false(sf_secret_equal(first, second));
}

static void base64url_has_no_padding_and_its_own_digits(void **state)
{
	static const struct {
		const char *bytes;
		const char *text;
	} pairs[] = {{"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"},
	    {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"}};
	char text[SF_BASE64_SIZE(8)];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(pairs); i++) {
		sf_base64_url(pairs[i].bytes, strlen(pairs[i].bytes), text);
		assert_string_equal(text, pairs[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_challenge_is_that_of_rfc_7636),
	    cmocka_unit_test(random_texts_are_43_characters_and_differ),
	    cmocka_unit_test(base64url_has_no_padding_and_its_own_digits),
	};

	return cmocka_run_group_tests_name("pkce", tests, NULL, NULL);
}
