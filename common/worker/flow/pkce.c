/* PKCE (RFC 7636): random verifiers and their challenges, with libcrypto. */
#include "pkce.h"

#include <string.h>
#include <sys/random.h>

#include <openssl/evp.h>

#include "banned.h"

enum sf_err sf_pkce_random(struct sf_secret **ret_text, struct sf_error *e)
{
	unsigned char bytes[SF_PKCE_BYTES];
	char text[SF_PKCE_TEXT_SIZE];

	/* getrandom(2) never returns fewer bytes for a request of up to 256. */
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "the kernel gives no randomness");
	sf_base64_url(bytes, sizeof(bytes), text);
	sf_secret_wipe(bytes, sizeof(bytes));

	struct sf_secret *made = sf_secret_from(text, strlen(text));

	sf_secret_wipe(text, sizeof(text));
	if (!made)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a random text");
	*ret_text = made;
	return SF_OK;
}

enum sf_err sf_pkce_challenge(
    const struct sf_secret *verifier, char ret[static SF_PKCE_TEXT_SIZE], struct sf_error *e)
{
	unsigned char digest[SF_PKCE_BYTES];
	size_t len = 0;

	if (EVP_Q_digest(NULL, "SHA256", NULL, sf_secret_reveal(verifier), sf_secret_len(verifier),
		digest, &len) != 1 ||
	    len != sizeof(digest))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "libcrypto has no SHA-256");
	sf_base64_url(digest, sizeof(digest), ret);
	return SF_OK;
}
