/*
 * How the app proves itself at the token endpoint (RFC 6749 section 2.3). Apps on people's machines
 * need no secret; where one is required it comes on descriptor 5 and never leaves this process but
 * in the request.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "job.h"
#include "secret.h"

#define SF_CLIENT_SECRET_MAX 1024        /* consumer secrets have 64 characters at most today */
#define SF_CLIENT_KEY_MAX    (32 * 1024) /* PEM */

struct sf_client {
	enum sf_client_auth auth;
	struct sf_secret *secret; /* body, basic; else NULL */
	struct sf_secret *key;    /* private_key_jwt and the flow jwt: PEM; else NULL */
};

/*
 * Read what the job says is on descriptor fd: the secret is its first line, a key is all of it.
 * Fails with CONFIG (nothing there, too long, not printable), NOMEM. For SF_CLEANUP the latter.
 */
SF_CHECKED enum sf_err sf_client_open(
    const struct sf_job *job, int fd, struct sf_client *ret_client, struct sf_error *e);
void sf_client_clear(struct sf_client *client);

/* What a request carries besides its own fields. Borrowed from job and client. */
struct sf_client_proof {
	const char *basic_user; /* Authorization: Basic; NULL: none */
	const struct sf_secret *basic_password;
};

/*
 * Add client_id and the proof to a form, or the latter to *ret_proof. client may be NULL: no
 * authentication. Fails with NOMEM, or as sf_jwt_sign.
 */
SF_CHECKED enum sf_err sf_client_add(const struct sf_client *client, const struct sf_job *job,
    struct sf_secret *form, struct sf_client_proof *ret_proof, struct sf_error *e);
