#include "tls.h"

#include <stddef.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include "alloc.h"

#include "banned.h"

enum sf_err sf_tls_start(struct sf_error *e)
{
	unsigned char byte[1];

	if (!CRYPTO_set_mem_functions(
		sf_alloc_crypto_malloc, sf_alloc_crypto_realloc, sf_alloc_crypto_free))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "libcrypto was in use before main");

	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	SSL_CTX_free(context);
	if (!context ||
	    !OPENSSL_init_ssl(
		OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL) ||
	    RAND_bytes(byte, sizeof byte) != 1)
		return SF_FAIL(e, SF_E_SYSTEM, 0, "libssl does not start");
	return SF_OK;
}
