/*
 * The TLS server of the self-test: generates its key and certificate, and serves two requests on
 * one connection. It accepts only the requests that the worker's self-test sends.
 */
#include "selftest_peer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "file.h"
#include "selftest_protocol.h"

#include "banned.h"

#define LIFE_S 3600 /* of the certificate, before and after now */
#define READ_S 5    /* for each read of a request */
#define BODY   "{\"ok\":true}"
#define RESPONSE                                                                                   \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" BODY

struct sf_selftest_peer {
	EVP_PKEY *key;
	X509 *certificate;
	SSL_CTX *context;
};

/* Add an X.509 extension, with value in the syntax of openssl.cnf(5). */
static bool add_extension(X509 *certificate, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension = NULL;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);

	bool fine = extension && X509_add_ext(certificate, extension, -1) == 1;

	X509_EXTENSION_free(extension);
	return fine;
}

/*
 * A self-signed CA certificate for 127.0.0.1, so that the worker can use it as its only CA. The
 * address is in subjectAltName, where libcurl looks for it. It is valid from an hour
 * ago, so that a clock that was just corrected does not matter.
 */
static bool make_certificate(struct sf_selftest_peer *peer)
{
	static const unsigned char name[] = "sfoauth-selftest";

	peer->key = EVP_EC_gen("P-256");
	peer->certificate = X509_new();
	if (!peer->key || !peer->certificate)
		return false;

	X509_NAME *subject = X509_get_subject_name(peer->certificate);

	return X509_set_version(peer->certificate, X509_VERSION_3) == 1 &&
	       ASN1_INTEGER_set(X509_get_serialNumber(peer->certificate), 1) == 1 &&
	       X509_gmtime_adj(X509_getm_notBefore(peer->certificate), -LIFE_S) &&
	       X509_gmtime_adj(X509_getm_notAfter(peer->certificate), LIFE_S) &&
	       X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) == 1 &&
	       X509_set_issuer_name(peer->certificate, subject) == 1 &&
	       X509_set_pubkey(peer->certificate, peer->key) == 1 &&
	       add_extension(peer->certificate, NID_basic_constraints, "critical,CA:TRUE") &&
	       add_extension(peer->certificate, NID_subject_alt_name, "IP:127.0.0.1") &&
	       X509_sign(peer->certificate, peer->key, EVP_sha256()) > 0;
}

/* The certificate as text: without the key, which never leaves this process. */
static bool write_pem(
    const struct sf_selftest_peer *peer, char ret_pem[static SF_SELFTEST_PEM_SIZE])
{
	BIO *memory = BIO_new(BIO_s_mem());
	int len = -1;

	if (memory && PEM_write_bio_X509(memory, peer->certificate) == 1)
		len = BIO_read(memory, ret_pem, SF_SELFTEST_PEM_SIZE - 1);
	BIO_free(memory);
	if (len <= 0)
		return false;
	ret_pem[len] = '\0';
	return true;
}

enum sf_err sf_selftest_peer_new(struct sf_selftest_peer **ret_peer,
    char ret_pem[static SF_SELFTEST_PEM_SIZE], struct sf_error *e)
{
	SF_CLEANUP(sf_selftest_peer_freep) struct sf_selftest_peer *peer = calloc(1, sizeof(*peer));

	if (!peer)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a test server");
	peer->context = SSL_CTX_new(TLS_server_method());
	if (!peer->context || !make_certificate(peer) || !write_pem(peer, ret_pem) ||
	    SSL_CTX_use_certificate(peer->context, peer->certificate) != 1 ||
	    SSL_CTX_use_PrivateKey(peer->context, peer->key) != 1)
		return SF_FAIL(e, SF_E_SYSTEM, 0, "cannot make a certificate for the test server");
	*ret_peer = SF_TAKE(peer);
	return SF_OK;
}

void sf_selftest_peer_freep(struct sf_selftest_peer **peer)
{
	if (!*peer)
		return;
	SSL_CTX_free((*peer)->context);
	X509_free((*peer)->certificate);
	EVP_PKEY_free((*peer)->key);
	free(*peer);
	*peer = NULL;
}

static void ssl_freep(SSL **ssl)
{
	SSL_free(*ssl);
}

/*
 * Read one request: its header, and the form of a POST. False: cut off, too long or another form.
 */
static bool read_request(SSL *ssl)
{
	char request[8192];
	size_t len = 0;

	for (;;) {
		int n = SSL_read(ssl, request + len, (int)(sizeof(request) - len - 1));

		if (n <= 0)
			return false;
		len += (size_t)n;
		request[len] = '\0';

		const char *end = strstr(request, "\r\n\r\n");

		if (!end)
			continue;
		/* GET has no body. */
		if (strncmp(request, "GET ", 4) == 0 || strcmp(end + 4, SF_SELFTEST_FORM) == 0)
			return true;
	}
}

/*
 * One connection for both requests, as in a login, which needs one TLS handshake: a second
 * connection of the worker is not accepted, and its request fails.
 */
enum sf_err sf_selftest_peer_serve(
    struct sf_selftest_peer *peer, int listener, int timeout_ms, struct sf_error *e)
{
	const struct timeval timeout = {.tv_sec = READ_S};
	struct pollfd waiting = {.fd = listener, .events = POLLIN};
	SF_CLEANUP(ssl_freep) SSL *ssl = SSL_new(peer->context);

	if (!ssl || poll(&waiting, 1, timeout_ms) != 1)
		return SF_FAIL(
		    e, SF_E_SYSTEM, 0, "no connection to 127.0.0.1 within %d ms", timeout_ms);

	SF_CLEANUP(sf_fd_closep) int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) != 0 ||
	    SSL_set_fd(ssl, fd) != 1 || SSL_accept(ssl) != 1)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "no TLS connection on 127.0.0.1");
	for (int i = 0; i < SF_SELFTEST_REQUEST_COUNT; i++)
		if (!read_request(ssl) ||
		    SSL_write(ssl, RESPONSE, (int)strlen(RESPONSE)) != (int)strlen(RESPONSE))
			return SF_FAIL(e, SF_E_SYSTEM, errno, "request %d did not arrive", i + 1);
	return SF_OK;
}
