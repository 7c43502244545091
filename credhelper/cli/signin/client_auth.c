/*
 * Opens the client secret or private key of an org, from the environment, a file or the desktop
 * keyring. Sends nothing: the worker reads the open descriptor.
 */
#include "client_auth.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file.h"
#include "store_credentials.h"
#include "messages.h"

#include "banned.h"

#define SF_CLIENT_AUTH_SECRET_MAX     1024
#define SF_CLIENT_AUTH_KEY_MAX        (32 * 1024)
#define SF_CLIENT_AUTH_PASSPHRASE_MAX 1024

/*
 * Does the job need the private key instead of a secret? The flow jwt does, and so does
 * private_key_jwt; client_auth = auto prefers a configured secret to a configured key.
 */
static bool is_key_wanted(const struct sf_org *org, const struct sf_job *job)
{
	const bool has_secret =
	    org->client_secret_file[0] != '\0' || org->client_secret == SF_ORG_SECRET_KEYRING;

	return sf_flows_is(job->flow, SF_FLOWS_KEY) ||
	       org->client_auth == SF_ORG_AUTH_PRIVATE_KEY_JWT ||
	       (org->client_auth == SF_ORG_AUTH_AUTO && !has_secret &&
		   org->private_key_file[0] != '\0');
}

/* Open a file that only its owner can read, in directories that nobody else can change. */
static enum sf_err open_file(const char *path, size_t max, int *ret_fd, struct sf_error *e)
{
	const struct sf_file_params params = {
	    .path = path, .max = max, .check_directories = true, .owner_only = true};

	return sf_file_open(&params, ret_fd, e);
}

/* Copy the secret to an anonymous file in memory, which the worker gets as a descriptor. */
static enum sf_err write_memfd(const struct sf_secret *secret, int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int fd = memfd_create("sfoauth-secret", MFD_CLOEXEC);

	if (fd < 0 || !sf_file_write_all(fd, sf_secret_reveal(secret), sf_secret_len(secret)) ||
	    lseek(fd, 0, SEEK_SET) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "no memory for the app's secret");
	*ret_fd = SF_TAKE_FD(fd);
	return SF_OK;
}

/* client_secret = keyring. Every state of the keyring without a secret is a failure here. */
static enum sf_err open_stored(const struct sf_target *target, int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = NULL;
	char user[SF_TOKEN_USERNAME_SIZE];
	enum sf_store_state state;
	enum sf_err r = sf_store_credentials_get(target, SF_STORE_CREDENTIALS_CLIENT_SECRET,
	    target->org->client_id, &secret, user, &state, e);

	if (r != SF_OK)
		return r;
	switch (state) {
	case SF_STORE_DONE:
		return write_memfd(secret, ret_fd, e);
	case SF_STORE_LOCKED:
		return SF_FAIL_MESSAGE(e, SF_E_KEYRING_LOCKED, SF_MESSAGE_E_SECRET_KEPT, NULL);
	case SF_STORE_ABSENT:
		return SF_FAIL_MESSAGE(e, SF_E_KEYRING, SF_MESSAGE_E_SECRET_ABSENT, NULL);
	case SF_STORE_SILENT:
		return SF_FAIL_MESSAGE(e, SF_E_KEYRING_SILENT, SF_MESSAGE_E_SECRET_KEPT, NULL);
	case SF_STORE_NONE:
		break;
	}
	return SF_FAIL_MESSAGE(
	    e, SF_E_CONFIG, SF_MESSAGE_E_NO_SECRET_KEPT, SF_WITH({"org", target->org->name}));
}

/* *ret_fd stays as it is if the org has no secret and its client_auth needs none. */
static enum sf_err open_secret(const struct sf_target *target, int *ret_fd, struct sf_error *e)
{
	const struct sf_org *org = target->org;

	if (target->settings->client_secret)
		return write_memfd(target->settings->client_secret, ret_fd, e);
	if (org->client_secret_file[0] != '\0')
		return open_file(org->client_secret_file, SF_CLIENT_AUTH_SECRET_MAX, ret_fd, e);
	if (org->client_secret == SF_ORG_SECRET_KEYRING)
		return open_stored(target, ret_fd, e);
	if (org->client_auth == SF_ORG_AUTH_BODY || org->client_auth == SF_ORG_AUTH_BASIC)
		return SF_FAIL_MESSAGE(
		    e, SF_E_CONFIG, SF_MESSAGE_E_NO_SECRET, SF_WITH({"org", org->name}));
	return SF_OK;
}

/*
 * Open the private key, and put the first line of the passphrase file into the job. The key goes as
 * a descriptor: only the worker, which has the crypto library, parses it.
 */
static enum sf_err open_key(
    const struct sf_org *org, struct sf_job *job, int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int passphrase = -1;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	SF_CLEANUP(sf_fd_closep) int key = -1;
	enum sf_err r;

	if (org->private_key_file[0] == '\0')
		return SF_FAIL_MESSAGE(
		    e, SF_E_CONFIG, SF_MESSAGE_E_NO_KEY, SF_WITH({"org", org->name}));
	r = open_file(org->private_key_file, SF_CLIENT_AUTH_KEY_MAX, &key, e);
	if (r == SF_OK && org->private_key_passphrase_file[0] != '\0') {
		r = open_file(org->private_key_passphrase_file, SF_CLIENT_AUTH_PASSPHRASE_MAX,
		    &passphrase, e);
		text =
		    r == SF_OK ? sf_secret_read(passphrase, SF_CLIENT_AUTH_PASSPHRASE_MAX) : NULL;
		if (r == SF_OK && !text)
			return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_E_NO_PASSPHRASE,
			    SF_WITH({"file", org->private_key_passphrase_file}));
	}
	if (r != SF_OK)
		return r;
	if (text) {
		const char *bytes = sf_secret_reveal(text);

		job->passphrase = sf_secret_from(bytes, strcspn(bytes, "\r\n"));
		if (!job->passphrase)
			return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a passphrase");
	}
	*ret_fd = SF_TAKE_FD(key);
	return SF_OK;
}

enum sf_err sf_client_auth_open(
    const struct sf_target *target, struct sf_job *job, int *ret_fd, struct sf_error *e)
{
	const struct sf_org *org = target->org;
	const bool is_env = target->settings->client_secret != NULL;
	enum sf_err r;

	*ret_fd = -1;
	job->client_auth = SF_CLIENT_AUTH_NONE;
	if (!is_env && is_key_wanted(org, job)) {
		/* The flow jwt sends the key's assertion as the grant, not as client_assertion. */
		if (org->client_auth == SF_ORG_AUTH_PRIVATE_KEY_JWT ||
		    !sf_flows_is(job->flow, SF_FLOWS_KEY))
			job->client_auth = SF_CLIENT_AUTH_PRIVATE_KEY_JWT;
		return open_key(org, job, ret_fd, e);
	}
	if (org->client_auth == SF_ORG_AUTH_NONE)
		return SF_OK;
	r = open_secret(target, ret_fd, e);
	if (r == SF_OK && *ret_fd >= 0)
		job->client_auth = org->client_auth == SF_ORG_AUTH_BASIC ? SF_CLIENT_AUTH_BASIC
									 : SF_CLIENT_AUTH_BODY;
	return r;
}
