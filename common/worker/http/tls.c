/*
 * Initialises libcrypto and libssl before the sandbox, and reads the CA certificates. The handshake
 * and the check of certificates are libcurl's.
 */
#include "tls.h"

#include <string.h>
#include <time.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include "alloc.h"
#include "file.h"

#include "banned.h"

enum sf_err sf_tls_start(struct sf_error *e)
{
	unsigned char byte[1];

	if (!CRYPTO_set_mem_functions(
		sf_alloc_crypto_malloc, sf_alloc_crypto_realloc, sf_alloc_crypto_free))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "libcrypto allocated memory before main");

	/* libcrypto calls gmtime_r(3), which reads the time zone file once: do it now. */
	tzset();

	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	SSL_CTX_free(context);
	if (!context ||
	    !OPENSSL_init_ssl(
		OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL) ||
	    RAND_bytes(byte, sizeof(byte)) != 1)
		return SF_FAIL(e, SF_E_SYSTEM, 0, "cannot initialise libssl");
	return SF_OK;
}

enum sf_err sf_tls_ca(
    const struct sf_tls_trust *trust, char **ret_pem, size_t *ret_len, struct sf_error *e)
{
	/*
	 * Check the directories too: anyone who can replace this file can impersonate Salesforce.
	 */
	const struct sf_file_params file = {
	    .path = trust->file[0] ? trust->file : SF_TLS_CA_FILE,
	    .max = SF_TLS_CA_MAX,
	    .check_directories = true,
	};

	if (!trust->text)
		return sf_file_read(&file, ret_pem, ret_len, e);

	char *pem = strdup(trust->text);

	if (!pem)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for certificates");
	*ret_len = strlen(pem);
	*ret_pem = pem;
	return SF_OK;
}
