/*
 * Signed assertions (RFC 7523) with RS256, for the JWT bearer flow and for private_key_jwt. The key
 * never leaves this process; only the signed assertion is sent.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "origin.h"
#include "secret.h"

#define SF_JWT_LIFE_S        180 /* as Salesforce's documentation recommends */
#define SF_JWT_KEY_BITS      2048
#define SF_JWT_AUDIENCE_SIZE (SF_ORIGIN_SIZE + 64)

struct sf_jwt_params {
	const char *issuer;                 /* client_id */
	const char *subject;                /* username, or client_id again */
	const char *audience;               /* printable */
	const struct sf_secret *key;        /* PEM: PKCS#8 (also encrypted) or PKCS#1 */
	const struct sf_secret *passphrase; /* NULL: none */
};

/*
 * Make an assertion, which the caller frees. It is valid for SF_JWT_LIFE_S by this machine's clock,
 * and for one use (jti). Fails with CONFIG (not an RSA key in PEM of at least SF_JWT_KEY_BITS, no
 * passphrase or a wrong one, claims too long), SYSTEM or NOMEM.
 */
SF_CHECKED enum sf_err sf_jwt_sign(
    const struct sf_jwt_params *params, struct sf_secret **ret_assertion, struct sf_error *e);

/*
 * The `aud` of the JWT bearer flow: Salesforce expects the login host of the org's kind, not the
 * org's own host. That is test. of the org's domain family (sfhost.h) for sandboxes and scratch
 * orgs, login. for others. A host that is no My Domain is its own audience.
 */
void sf_jwt_audience(const struct sf_origin *login, char ret[static SF_JWT_AUDIENCE_SIZE]);
