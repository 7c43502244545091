/*
 * Client authentication at the token endpoint (RFC 6749 section 2.3). A public app has no secret.
 * If an app requires a secret or key, it comes on descriptor 5 and leaves this process only in the
 * request; a key never leaves it.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "job.h"
#include "secret.h"

#define SF_CLIENT_SECRET_MAX 1024        /* bytes; Salesforce's consumer secrets have up to 64 */
#define SF_CLIENT_KEY_MAX    (32 * 1024) /* bytes of PEM */

struct sf_client {
	enum sf_client_auth auth;
	struct sf_secret *secret; /* body, basic; else NULL */
	struct sf_secret *key;    /* private_key_jwt and the flow jwt: PEM; else NULL */
};

/*
 * Read the secret (the first line) or the key (all bytes) from descriptor fd, if the job has client
 * authentication. The caller clears *ret_client. Fails with CONFIG (empty, too long, not printable,
 * a secret for the flow jwt) or NOMEM.
 */
SF_CHECKED enum sf_err sf_client_open(
    const struct sf_job *job, int fd, struct sf_client *ret_client, struct sf_error *e);
void sf_client_clear(struct sf_client *client); /* wipes; for SF_CLEANUP */

/* Client authentication outside the form. Borrowed from job and client. */
struct sf_client_proof {
	const char *basic_user; /* Authorization: Basic; NULL: none */
	const struct sf_secret *basic_password;
};

/*
 * Add client_id and the client authentication to a form. With SF_CLIENT_AUTH_BASIC, the latter goes
 * to *ret_proof. client may be NULL: no authentication. Fails with NOMEM, or as sf_jwt_sign.
 */
SF_CHECKED enum sf_err sf_client_add(const struct sf_client *client, const struct sf_job *job,
    struct sf_secret *form, struct sf_client_proof *ret_proof, struct sf_error *e);
