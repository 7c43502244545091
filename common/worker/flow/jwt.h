/*
 * Signed assertions (RFC 7523), RS256: for the JWT bearer flow, and for private_key_jwt. The key
 * never leaves this process, and only what it signed is sent.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "origin.h"
#include "secret.h"

#define SF_JWT_LIFE_S        180 /* Salesforce speaks of three minutes */
#define SF_JWT_KEY_BITS      2048
#define SF_JWT_AUDIENCE_SIZE (SF_ORIGIN_SIZE + 64)

struct sf_jwt_params {
	const char *issuer;                 /* client_id */
	const char *subject;                /* username, or client_id again */
	const char *audience;               /* printable */
	const struct sf_secret *key;        /* PEM: PKCS#8, perhaps encrypted, or PKCS#1 */
	const struct sf_secret *passphrase; /* NULL: none */
};

/*
 * The assertion, good for SF_JWT_LIFE_S from now on this machine's clock, and for one use (jti).
 * Fails with CONFIG (not an RSA key in PEM of at least SF_JWT_KEY_BITS, no passphrase or a wrong
 * one), SYSTEM, NOMEM.
 */
SF_CHECKED enum sf_err sf_jwt_sign(
    const struct sf_jwt_params *params, struct sf_secret **ret_assertion, struct sf_error *e);

/*
 * `aud` of the bearer flow: Salesforce wants the login host of the org's kind, not the org's own.
 * Sandboxes and scratch orgs have test.salesforce.com; a host that is not Salesforce's is named
 * itself.
 */
void sf_jwt_audience(const struct sf_origin *login, char ret[static SF_JWT_AUDIENCE_SIZE]);
