#include "keyring_session.h"

#include <string.h>

#include <gcrypt.h>

#include "attr.h"
#include "keyring_bus.h"
#include "text.h"

#include "banned.h"

#define GROUP_SIZE    128 /* bytes of the prime: the second Oakley group, RFC 2409, section 6.2 */
#define EXPONENT_SIZE 32
#define HASH_SIZE     32

static const char prime_hex[] =
    "00FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E34"
    "04DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F4"
    "06B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF";

void sf_keyring_session_clear(struct sf_keyring_session *session)
{
	g_clear_pointer(&session->path, g_free);
	sf_secret_wipe(session, sizeof(*session));
}

static void mpi_releasep(gcry_mpi_t *number)
{
	gcry_mpi_release(*number);
	*number = NULL;
}

static bool refuse(GError **error, const char *why)
{
	if (error && !*error)
		g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, why);
	return false;
}

/* What Diffie and Hellman need of us. */
struct half {
	gcry_mpi_t prime, exponent, public;
};

static void half_clear(struct half *half)
{
	mpi_releasep(&half->prime);
	mpi_releasep(&half->exponent);
	mpi_releasep(&half->public);
}

static bool make_half(struct half *half)
{
	SF_CLEANUP(mpi_releasep) gcry_mpi_t base = gcry_mpi_set_ui(NULL, 2);
	char hex[2 + 2 * EXPONENT_SIZE + 1] = "00"; /* never taken for a negative number */
	bool is_made = false;

	/* libgcrypt is set up by its first caller, and wants to be told when that is done. */
	if (!gcry_check_version(NULL))
		return false;
	(void)gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	(void)gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	if (sf_text_random_hex(hex + 2, EXPONENT_SIZE) &&
	    gcry_mpi_scan(&half->prime, GCRYMPI_FMT_HEX, prime_hex, 0, NULL) == 0 &&
	    gcry_mpi_scan(&half->exponent, GCRYMPI_FMT_HEX, hex, 0, NULL) == 0) {
		half->public = gcry_mpi_new(GROUP_SIZE * 8);
		gcry_mpi_powm(half->public, base, half->exponent, half->prime);
		is_made = true;
	}
	sf_secret_wipe(hex, sizeof(hex));
	return is_made;
}

static bool hmac(
    const unsigned char *key, const void *bytes, size_t len, unsigned char ret[static HASH_SIZE])
{
	gcry_md_hd_t handle = NULL;
	bool is_done = false;

	if (gcry_md_open(&handle, GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC) != 0)
		return false;
	if (gcry_md_setkey(handle, key, HASH_SIZE) == 0) {
		gcry_md_write(handle, bytes, len);
		memcpy(ret, gcry_md_read(handle, GCRY_MD_SHA256), HASH_SIZE);
		is_done = true;
	}
	gcry_md_close(handle);
	return is_done;
}

/* HKDF (RFC 5869) with SHA-256, without salt and info: the first 16 bytes. */
static bool derive(const unsigned char *shared, unsigned char ret_key[static SF_KEYRING_KEY_SIZE])
{
	static const unsigned char no_salt[HASH_SIZE], one[] = {1};
	unsigned char extracted[HASH_SIZE], expanded[HASH_SIZE];
	const bool is_done = hmac(no_salt, shared, GROUP_SIZE, extracted) &&
			     hmac(extracted, one, sizeof(one), expanded);

	if (is_done)
		memcpy(ret_key, expanded, SF_KEYRING_KEY_SIZE);
	sf_secret_wipe(extracted, sizeof(extracted));
	sf_secret_wipe(expanded, sizeof(expanded));
	return is_done;
}

/* The peer's number, into the key. 0, 1 and the prime less 1 would make a key that all know. */
static bool agree(const struct half *half, GVariant *peer, struct sf_keyring_session *session)
{
	SF_CLEANUP(mpi_releasep) gcry_mpi_t theirs = NULL;
	SF_CLEANUP(mpi_releasep) gcry_mpi_t top = gcry_mpi_new(GROUP_SIZE * 8);
	SF_CLEANUP(mpi_releasep) gcry_mpi_t shared = gcry_mpi_new(GROUP_SIZE * 8);
	unsigned char bytes[GROUP_SIZE] = {0};
	unsigned char text[GROUP_SIZE];
	gsize len = 0;
	size_t shared_len = 0;
	const void *number = g_variant_get_fixed_array(peer, &len, 1);
	bool is_agreed = false;

	gcry_mpi_sub_ui(top, half->prime, 1);
	if (len == 0 || len > GROUP_SIZE ||
	    gcry_mpi_scan(&theirs, GCRYMPI_FMT_USG, number, len, NULL) != 0 ||
	    gcry_mpi_cmp_ui(theirs, 1) <= 0 || gcry_mpi_cmp(theirs, top) >= 0)
		return false;
	gcry_mpi_powm(shared, theirs, half->exponent, half->prime);
	if (gcry_mpi_print(GCRYMPI_FMT_USG, text, sizeof(text), &shared_len, shared) == 0) {
		memcpy(bytes + GROUP_SIZE - shared_len, text, shared_len);
		is_agreed = derive(bytes, session->key);
	}
	sf_secret_wipe(bytes, sizeof(bytes));
	sf_secret_wipe(text, sizeof(text));
	return is_agreed;
}

static GVariant *open_session(
    GDBusConnection *bus, const char *algorithm, GVariant *input, GError **error)
{
	const struct sf_keyring_message message = {
	    .path = SF_KEYRING_PATH,
	    .interface = SF_KEYRING_INTERFACE,
	    .method = "OpenSession",
	    .arguments = g_variant_new("(sv)", algorithm, input),
	    .answer = "(vo)",
	};

	return sf_keyring_bus_send(bus, &message, error);
}

static bool is_unknown(const GError *error)
{
	return g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NOT_SUPPORTED);
}

bool sf_keyring_session_open(
    GDBusConnection *bus, struct sf_keyring_session *ret_session, GError **error)
{
	SF_CLEANUP(half_clear) struct half half = {NULL, NULL, NULL};
	SF_CLEANUP(sf_keyring_session_clear) struct sf_keyring_session session = {.path = NULL};
	SF_CLEANUP(sf_keyring_variant_unrefp) GVariant *answer = NULL;
	SF_CLEANUP(sf_keyring_variant_unrefp) GVariant *peer = NULL;
	unsigned char public[GROUP_SIZE];
	size_t len = 0;
	GError *own = NULL;

	if (!make_half(&half) ||
	    gcry_mpi_print(GCRYMPI_FMT_USG, public, sizeof(public), &len, half.public) != 0)
		return refuse(error, "no numbers for a session with the keyring");
	answer = open_session(bus, "dh-ietf1024-sha256-aes128-cbc-pkcs7",
	    g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, public, len, 1), &own);
	session.is_plain = is_unknown(own);
	if (session.is_plain) {
		g_clear_error(&own);
		answer = open_session(bus, "plain", g_variant_new_string(""), &own);
	}
	if (!answer) {
		g_propagate_error(error, own);
		return false;
	}
	g_variant_get(answer, "(vo)", &peer, &session.path);
	if (!session.is_plain && (!g_variant_is_of_type(peer, G_VARIANT_TYPE_BYTESTRING) ||
				     !agree(&half, peer, &session)))
		return refuse(error, "the keyring's session cannot be used");
	*ret_session = session;
	session = (struct sf_keyring_session){.path = NULL};
	return true;
}

/* PKCS7 (RFC 5652, section 6.3): n bytes of value n. False: none. */
static bool strip(const unsigned char *bytes, size_t *len)
{
	const size_t padding = *len > 0 ? bytes[*len - 1] : 0;

	if (padding == 0 || padding > SF_KEYRING_KEY_SIZE || padding > *len)
		return false;
	for (size_t i = *len - padding; i < *len; i++) {
		if (bytes[i] != padding)
			return false;
	}
	*len -= padding;
	return true;
}

static bool decrypt(const struct sf_keyring_session *session, const void *iv, size_t iv_len,
    unsigned char *bytes, size_t *len)
{
	gcry_cipher_hd_t handle = NULL;
	bool is_done = false;

	if (iv_len != SF_KEYRING_KEY_SIZE || *len % SF_KEYRING_KEY_SIZE != 0 ||
	    gcry_cipher_open(&handle, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_CBC, 0) != 0)
		return false;
	is_done = gcry_cipher_setkey(handle, session->key, sizeof(session->key)) == 0 &&
		  gcry_cipher_setiv(handle, iv, iv_len) == 0 &&
		  gcry_cipher_decrypt(handle, bytes, *len, NULL, 0) == 0 && strip(bytes, len);
	gcry_cipher_close(handle);
	return is_done;
}

struct sf_secret *sf_keyring_session_secret(GDBusConnection *bus,
    const struct sf_keyring_session *session, const char *item, size_t max, GError **error)
{
	const struct sf_keyring_message message = {
	    .path = item,
	    .interface = "org.freedesktop.Secret.Item",
	    .method = "GetSecret",
	    .arguments = g_variant_new("(o)", session->path),
	    .answer = "((oayays))",
	};
	SF_CLEANUP(sf_keyring_variant_unrefp)
	GVariant *answer = sf_keyring_bus_send(bus, &message, error);
	SF_CLEANUP(sf_keyring_variant_unrefp) GVariant *parameters = NULL;
	SF_CLEANUP(sf_keyring_variant_unrefp) GVariant *value = NULL;
	struct sf_secret *secret = NULL;
	gsize iv_len = 0, len = 0;

	if (!answer)
		return NULL;
	g_variant_get(answer, "((o@ay@ays))", NULL, &parameters, &value, NULL);
	const void *iv = g_variant_get_fixed_array(parameters, &iv_len, 1);
	const void *bytes = g_variant_get_fixed_array(value, &len, 1);
	if (len > max + SF_KEYRING_KEY_SIZE)
		return sf_secret_new(0);
	unsigned char *copy = g_memdup2(bytes, len);
	size_t text_len = len;
	if (!session->is_plain && !decrypt(session, iv, iv_len, copy, &text_len))
		(void)refuse(error, "the keyring's secret cannot be read");
	else
		secret = text_len > max ? sf_secret_new(0) : sf_secret_from(copy, text_len);
	if (copy)
		sf_secret_wipe(copy, len);
	g_free(copy);
	return secret;
}
