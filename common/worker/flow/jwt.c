/* Builds and signs JWT assertions with libcrypto. Does not verify any. */
#include "jwt.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base64.h"
#include "clock.h"
#include "pkce.h"
#include "sfhost.h"
#include "text.h"

#include "banned.h"

#define HEADER        "{\"alg\":\"RS256\"}"
#define CLAIMS_SIZE   2048
#define SIGNATURE_MAX 2048 /* of a key of 16384 bits */
#define ASSERTION_MAX 8192

static void key_freep(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void bio_freep(BIO **bio)
{
	BIO_free(*bio);
}

static void context_freep(EVP_MD_CTX **context)
{
	EVP_MD_CTX_free(*context);
}

/*
 * libcrypto's callback for the passphrase of an encrypted key. -1: none, so that it never prompts.
 */
static int give_passphrase(char *buffer, int size, int writes, void *context)
{
	const struct sf_secret *passphrase = context;
	size_t len = sf_secret_len(passphrase);

	if (writes || size < 0 || len == 0 || len > (size_t)size)
		return -1;
	memcpy(buffer, sf_secret_reveal(passphrase), len);
	return (int)len;
}

static enum sf_err fail_key(const struct sf_jwt_params *params, struct sf_error *e)
{
	const char *encrypted = strstr(sf_secret_reveal(params->key), "ENCRYPTED");

	ERR_clear_error();
	if (!encrypted)
		return SF_FAIL(e, SF_E_CONFIG, 0, "the private key is not a PEM key");
	if (!params->passphrase)
		return SF_FAIL(
		    e, SF_E_CONFIG, 0, "the private key is encrypted and has no passphrase file");
	return SF_FAIL(e, SF_E_CONFIG, 0, "the passphrase does not open the private key");
}

static enum sf_err read_key(
    const struct sf_jwt_params *params, EVP_PKEY **ret_key, struct sf_error *e)
{
	SF_CLEANUP(key_freep) EVP_PKEY *key = NULL;
	SF_CLEANUP(bio_freep)
	BIO *bio = BIO_new_mem_buf(sf_secret_reveal(params->key), (int)sf_secret_len(params->key));
	/* libcrypto's callback takes a pointer without const. */
	union {
		const struct sf_secret *given;
		void *taken;
	} passphrase = {.given = params->passphrase};

	if (!bio)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a private key");
	key = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, passphrase.taken);
	if (!key)
		return fail_key(params, e);
	if (!EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_get_bits(key) < SF_JWT_KEY_BITS)
		return SF_FAIL(e, SF_E_CONFIG, 0,
		    "the private key is not RSA with at least %d bits", SF_JWT_KEY_BITS);
	*ret_key = SF_TAKE(key);
	return SF_OK;
}

/* Append "name":"value", as JSON. value is printable ASCII: sf_job_from_frame has checked it. */
static void add_string(struct sf_text *text, const char *name, const char *value)
{
	sf_text_addf(text, "\"%s\":\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			sf_text_add_char(text, '\\');
		sf_text_add_char(text, *value);
	}
	sf_text_add(text, "\",");
}

static enum sf_err write_claims(
    const struct sf_jwt_params *params, struct sf_text *claims, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *id = NULL; /* jti: the assertion works once */
	enum sf_err r = sf_pkce_random(&id, e);

	if (r != SF_OK)
		return r;
	sf_text_add_char(claims, '{');
	add_string(claims, "iss", params->issuer);
	add_string(claims, "sub", params->subject);
	add_string(claims, "aud", params->audience);
	add_string(claims, "jti", sf_secret_reveal(id));
	if (!sf_text_addf(claims, "\"exp\":%lld}", (long long)sf_clock_wall_s() + SF_JWT_LIFE_S))
		return SF_FAIL(e, SF_E_CONFIG, 0, "the claims of an assertion are longer than %d",
		    CLAIMS_SIZE - 1);
	return SF_OK;
}

static bool sign(EVP_PKEY *key, const struct sf_secret *text, unsigned char *ret, size_t *len)
{
	SF_CLEANUP(context_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();

	return context &&
	       EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
	       EVP_DigestSign(context, ret, len, (const unsigned char *)sf_secret_reveal(text),
		   sf_secret_len(text)) == 1;
}

static bool add_base64(struct sf_secret *assertion, const void *bytes, size_t len)
{
	char text[SF_BASE64_SIZE(SIGNATURE_MAX)];

	sf_base64_url(bytes, len, text);

	bool fits = sf_secret_add_text(assertion, text);

	sf_secret_wipe(text, sizeof(text));
	return fits;
}

enum sf_err sf_jwt_sign(
    const struct sf_jwt_params *params, struct sf_secret **ret_assertion, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *assertion = sf_secret_new(ASSERTION_MAX);
	SF_CLEANUP(key_freep) EVP_PKEY *key = NULL;
	unsigned char signature[SIGNATURE_MAX];
	size_t signature_len = sizeof(signature);
	char buffer[CLAIMS_SIZE];
	struct sf_text claims = SF_TEXT(buffer);
	enum sf_err r = read_key(params, &key, e);

	if (r == SF_OK)
		r = write_claims(params, &claims, e);
	if (r != SF_OK)
		return r;
	if (!assertion || !add_base64(assertion, HEADER, strlen(HEADER)) ||
	    !sf_secret_add_text(assertion, ".") || !add_base64(assertion, buffer, claims.len))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for an assertion");
	if (!sign(key, assertion, signature, &signature_len)) {
		ERR_clear_error();
		return SF_FAIL(e, SF_E_SYSTEM, 0, "libcrypto cannot sign an assertion");
	}
	if (!sf_secret_add_text(assertion, ".") || !add_base64(assertion, signature, signature_len))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for an assertion");
	*ret_assertion = SF_TAKE(assertion);
	return SF_OK;
}

void sf_jwt_audience(const struct sf_origin *login, char ret[static SF_JWT_AUDIENCE_SIZE])
{
	struct sf_text text = sf_text_over(ret, SF_JWT_AUDIENCE_SIZE);
	const char *family = sf_sfhost_my_domain_ending(login);
	/* The name of a production My Domain has no "--"; the old form of sandbox hosts has. */
	bool is_test = strstr(login->host, "--") || strstr(login->host, ".sandbox.my") ||
		       strstr(login->host, ".scratch.my");

	if (family)
		sf_text_addf(&text, "https://%s%s", is_test ? "test" : "login", family);
	else if (login->port == 443)
		sf_text_addf(&text, "https://%s", login->host);
	else
		sf_text_addf(&text, "https://%s:%u", login->host, (unsigned)login->port);
}
