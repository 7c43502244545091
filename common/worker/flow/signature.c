/* Checks the signature of a token response with libcrypto's HMAC. */
#include "signature.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "facts.h"
#include "text.h"

#include "banned.h"

#define TIME_SIZE 32
#define MAC_SIZE  32
#define MAC_CHARS 44 /* in base64 */

enum sf_err sf_signature_check(
    const struct sf_secret *secret, const struct sf_json *json, struct sf_error *e)
{
	char given[128], id[SF_FACTS_URL_SIZE], issued_at[TIME_SIZE];
	char message[SF_FACTS_URL_SIZE + TIME_SIZE];
	unsigned char mac[MAC_SIZE], wanted[MAC_CHARS + 1];
	struct sf_text text = SF_TEXT(message);
	enum sf_err r = sf_json_text(json, "signature", given, sizeof(given), e);

	if (r != SF_OK || given[0] == '\0')
		return r;
	r = sf_json_text(json, "id", id, sizeof(id), e);
	if (r == SF_OK)
		r = sf_json_text(json, "issued_at", issued_at, sizeof(issued_at), e);
	if (r != SF_OK)
		return r;
	if (!sf_text_addf(&text, "%s%s", id, issued_at) ||
	    !HMAC(EVP_sha256(), sf_secret_reveal(secret), (int)sf_secret_len(secret),
		(const unsigned char *)message, text.len, mac, NULL))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a signature");
	EVP_EncodeBlock(wanted, mac, sizeof(mac));
	if (strlen(given) != MAC_CHARS || CRYPTO_memcmp(given, wanted, MAC_CHARS) != 0)
		return SF_FAIL(e, SF_E_ANSWER, 0, "the signature of the token response is wrong");
	return SF_OK;
}
