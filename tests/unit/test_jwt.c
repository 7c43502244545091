/* A signed assertion: its claims, its key and its audience. */
#include "jwt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "clock.h"

#include "banned.h"

#define PASSPHRASE "open sesame"

static struct {
	EVP_PKEY *key;
	struct sf_secret *plain, *encrypted, *traditional, *curve, *small;
} keys;

static struct sf_secret *pem_of(EVP_PKEY *key, const EVP_CIPHER *cipher)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes = NULL;
	const char *passphrase = cipher ? PASSPHRASE : NULL;

	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(
			     bio, key, cipher, passphrase, cipher ? 11 : 0, NULL, NULL),
	    1);

	long len = BIO_get_mem_data(bio, &bytes);
	struct sf_secret *pem = sf_secret_from(bytes, (size_t)len);

	BIO_free(bio);
	return pem;
}

static struct sf_secret *traditional_of(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes = NULL;

	assert_int_equal(
	    PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL), 1);

	long len = BIO_get_mem_data(bio, &bytes);
	struct sf_secret *pem = sf_secret_from(bytes, (size_t)len);

	BIO_free(bio);
	return pem;
}

static int make_keys(void **state)
{
	EVP_PKEY *curve = EVP_EC_gen("P-256");
	EVP_PKEY *small = EVP_RSA_gen(1024);

	(void)state;
	keys.key = EVP_RSA_gen(2048);
	keys.plain = pem_of(keys.key, NULL);
	keys.encrypted = pem_of(keys.key, EVP_aes_256_cbc());
	keys.traditional = traditional_of(keys.key);
	keys.curve = pem_of(curve, NULL);
	keys.small = pem_of(small, NULL);
	EVP_PKEY_free(curve);
	EVP_PKEY_free(small);
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	EVP_PKEY_free(keys.key);
	sf_secret_freep(&keys.plain);
	sf_secret_freep(&keys.encrypted);
	sf_secret_freep(&keys.traditional);
	sf_secret_freep(&keys.curve);
	sf_secret_freep(&keys.small);
	return 0;
}

/* base64url of at most one part of an assertion; the length of what is in it. */
static size_t decode(const char *text, size_t len, unsigned char *ret, size_t size)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned held = 0, bits = 0;
	size_t out = 0;

	for (size_t i = 0; i < len; i++) {
		const char *at = strchr(digits, text[i]);

		assert_non_null(at);
		held = (held << 6 | (unsigned)(at - digits)) & 0xffff;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		assert_true(out < size);
		ret[out++] = (unsigned char)(held >> bits);
	}
	return out;
}

static enum sf_err sign(const struct sf_secret *key, const char *passphrase, const char *subject,
    struct sf_secret **ret_assertion)
{
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *secret =
	    passphrase ? sf_secret_from(passphrase, strlen(passphrase)) : NULL;
	const struct sf_jwt_params params = {
	    .issuer = "3MVG9.App",
	    .subject = subject,
	    .audience = "https://login.salesforce.com",
	    .key = key,
	    .passphrase = secret,
	};
	struct sf_error e;

	return sf_jwt_sign(&params, ret_assertion, &e);
}

static void check_signature(const char *assertion, const char *last_dot)
{
	unsigned char signature[512];
	size_t len = decode(last_dot + 1, strlen(last_dot + 1), signature, sizeof(signature));
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	assert_int_equal(len, 256);
	assert_int_equal(
	    EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, keys.key, NULL), 1);
	assert_int_equal(EVP_DigestVerify(context, signature, len, (const unsigned char *)assertion,
			     (size_t)(last_dot - assertion)),
	    1);
	EVP_MD_CTX_free(context);
}

static void an_assertion_has_its_claims_and_the_key_s_signature(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *assertion = NULL;
	char part[1024] = "";
	const char *text, *dot, *last, *exp;

	(void)state;
	assert_int_equal(sign(keys.plain, NULL, "a\"d\\a@acme.example", &assertion), SF_OK);
	text = sf_secret_reveal(assertion);
	dot = strchr(text, '.');
	last = strrchr(text, '.');
	assert_true(dot && last && dot != last);
	part[decode(text, (size_t)(dot - text), (unsigned char *)part, sizeof(part))] = '\0';
	assert_string_equal(part, "{\"alg\":\"RS256\"}");
	part[decode(dot + 1, (size_t)(last - dot - 1), (unsigned char *)part, sizeof(part))] = '\0';
	assert_non_null(strstr(part, "{\"iss\":\"3MVG9.App\",\"sub\":\"a\\\"d\\\\a@acme.example\","
				     "\"aud\":\"https://login.salesforce.com\",\"jti\":\""));
	exp = strstr(part, "\"exp\":");
	assert_non_null(exp);
	assert_in_range(strtoll(exp + 6, NULL, 10), sf_clock_wall_s() + SF_JWT_LIFE_S - 5,
	    sf_clock_wall_s() + SF_JWT_LIFE_S);
	check_signature(text, last);
}

static void two_assertions_are_never_the_same(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *first = NULL;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *second = NULL;

	(void)state;
	assert_int_equal(sign(keys.plain, NULL, "ada@acme.example", &first), SF_OK);
	assert_int_equal(sign(keys.plain, NULL, "ada@acme.example", &second), SF_OK);
	assert_false(sf_secret_equal(first, second));
}

static void keys_are_rsa_in_pem_and_open_with_their_passphrase(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *junk = sf_secret_from("no key", 6);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *none = sf_secret_new(1);
	const struct {
		const struct sf_secret *key;
		const char *passphrase;
		enum sf_err r;
	} cases[] = {
	    {keys.plain, NULL, SF_OK},
	    {keys.plain, "not needed", SF_OK},
	    {keys.traditional, NULL, SF_OK},
	    {keys.encrypted, PASSPHRASE, SF_OK},
	    {keys.encrypted, NULL, SF_E_CONFIG},
	    {keys.encrypted, "", SF_E_CONFIG},
	    {keys.encrypted, "wrong", SF_E_CONFIG},
	    {keys.curve, NULL, SF_E_CONFIG},
	    {keys.small, NULL, SF_E_CONFIG},
	    {junk, NULL, SF_E_CONFIG},
	    {none, NULL, SF_E_CONFIG},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		SF_CLEANUP(sf_secret_freep) struct sf_secret *assertion = NULL;

		assert_int_equal(
		    sign(cases[i].key, cases[i].passphrase, "ada", &assertion), cases[i].r);
		assert_int_equal(assertion != NULL, cases[i].r == SF_OK);
	}
}

static void the_audience_is_the_login_host_of_the_org_s_kind(void **state)
{
	static const char *const pairs[][2] = {
	    {"https://acme.my.salesforce.com", "https://login.salesforce.com"},
	    {"https://acme-dev-ed.develop.my.salesforce.com", "https://login.salesforce.com"},
	    {"https://acme--sb.sandbox.my.salesforce.com", "https://test.salesforce.com"},
	    {"https://acme--sb.my.salesforce.com", "https://test.salesforce.com"},
	    {"https://acme.scratch.my.salesforce.com", "https://test.salesforce.com"},
	    {"https://login.salesforce.com", "https://login.salesforce.com"},
	    {"https://test.salesforce.com", "https://test.salesforce.com"},
	    {"https://acme.my.salesforce.mil", "https://login.salesforce.mil"},
	    {"https://acme--sb.sandbox.my.salesforce.mil", "https://test.salesforce.mil"},
	    {"https://acme.my.sfcrmproducts.cn", "https://login.sfcrmproducts.cn"},
	    {"https://acme--sb.sandbox.my.sfcrmproducts.cn", "https://test.sfcrmproducts.cn"},
	    {"https://acme.scratch.my.sfcrmproducts.cn", "https://test.sfcrmproducts.cn"},
	    {"https://acme.my-salesforce.com", "https://login.salesforce.com"},
	    {"https://login.sfcrmproducts.cn", "https://login.sfcrmproducts.cn"},
	    {"https://acme.my.sfcrmproducts.cn.evil.example",
		"https://acme.my.sfcrmproducts.cn.evil.example"},
	    {"https://localhost:8443", "https://localhost:8443"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(pairs); i++) {
		char audience[SF_JWT_AUDIENCE_SIZE];
		struct sf_origin login;
		struct sf_error e;

		assert_int_equal(sf_origin_parse(pairs[i][0], &login, &e), SF_OK);
		sf_jwt_audience(&login, audience);
		assert_string_equal(audience, pairs[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_assertion_has_its_claims_and_the_key_s_signature),
	    cmocka_unit_test(two_assertions_are_never_the_same),
	    cmocka_unit_test(keys_are_rsa_in_pem_and_open_with_their_passphrase),
	    cmocka_unit_test(the_audience_is_the_login_host_of_the_org_s_kind),
	};

	return cmocka_run_group_tests_name("jwt", tests, make_keys, free_keys);
}
