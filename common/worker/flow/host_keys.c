/*
 * Reads the public keys of sshd and hashes them with libcrypto. Runs before the sandbox. Never
 * reads a private key, and decides nothing.
 */
#include "host_keys.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base64.h"
#include "file.h"

#include "banned.h"

#define FILE_MAX    8192 /* bytes */
#define DIGEST_SIZE 32
#define LENGTH_SIZE 4 /* of the type's length in front of the blob, RFC 4251 section 5 */

const char *const sf_host_keys_files[] = {
    "/etc/ssh/ssh_host_ecdsa_key.pub",
    "/etc/ssh/ssh_host_ed25519_key.pub",
    "/etc/ssh/ssh_host_rsa_key.pub",
    NULL,
};

static void text_freep(char **text)
{
	free(*text);
}

/* Does the blob begin with its type, as RFC 4253 section 6.6 says? Else the line is damaged. */
static bool begins_with_type(const unsigned char *blob, size_t len, const char *type, size_t n)
{
	return n <= UINT8_MAX && len > LENGTH_SIZE + n &&
	       memcmp(blob, (const unsigned char[]){0, 0, 0, (unsigned char)n}, LENGTH_SIZE) == 0 &&
	       memcmp(blob + LENGTH_SIZE, type, n) == 0;
}

/* Hash the key in a line. False: it is no key. */
static bool hash_key(const char *line, unsigned char ret_digest[static DIGEST_SIZE])
{
	unsigned char blob[FILE_MAX];
	const size_t type_len = strcspn(line, " \n");
	const char *base64 = line + type_len + (line[type_len] == ' ');
	const size_t base64_len = strcspn(base64, " \r\n");
	const int len = EVP_DecodeBlock(
	    blob, (const unsigned char *)base64, (int)base64_len); /* -1: malformed */
	size_t blob_len = len > 0 ? (size_t)len : 0, digest_len = 0;

	/* libcrypto counts the padding as bytes. */
	for (size_t i = base64_len; i > 0 && base64[i - 1] == '=' && blob_len > 0; i--)
		blob_len--;
	return begins_with_type(blob, blob_len, line, type_len) &&
	       EVP_Q_digest(NULL, "SHA256", NULL, blob, blob_len, ret_digest, &digest_len) == 1 &&
	       digest_len == DIGEST_SIZE;
}

void sf_host_keys_names(const char *const *files, struct sf_text *ret_names)
{
	for (; *files; files++) {
		const struct sf_file_params params = {
		    .path = *files, .max = FILE_MAX, .check_directories = true};
		SF_CLEANUP(text_freep) char *line = NULL;
		unsigned char digest[DIGEST_SIZE];
		char name[SF_BASE64_SIZE(DIGEST_SIZE)];
		size_t len = 0;
		struct sf_error ignored;

		if (sf_file_read(&params, &line, &len, &ignored) != SF_OK ||
		    !hash_key(line, digest))
			continue;
		sf_base64_url(digest, sizeof(digest), name);
		(void)!sf_text_addf(ret_names, "%.*s", SF_HOST_KEYS_NAME_LEN, name);
	}
}
