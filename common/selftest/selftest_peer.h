/*
 * The other end of the self-test: a TLS server on 127.0.0.1 with a self-signed certificate.
 */
#pragma once

#include <stddef.h>

#include "attr.h"
#include "err.h"

#define SF_SELFTEST_PEM_SIZE      4096
#define SF_SELFTEST_REQUEST_COUNT 2

struct sf_selftest_peer; /* opaque */

/*
 * Generate a key and a certificate for 127.0.0.1; ret_pem gets the certificate. The caller frees
 * *ret_peer. Fails with SYSTEM or NOMEM.
 */
SF_CHECKED enum sf_err sf_selftest_peer_new(struct sf_selftest_peer **ret_peer,
    char ret_pem[static SF_SELFTEST_PEM_SIZE], struct sf_error *e);
void sf_selftest_peer_freep(struct sf_selftest_peer **peer);

/*
 * Accept one connection on listener within timeout_ms and reply to SF_SELFTEST_REQUEST_COUNT
 * requests on it. Fails with SYSTEM; the detail names the step.
 */
SF_CHECKED enum sf_err sf_selftest_peer_serve(
    struct sf_selftest_peer *peer, int listener, int timeout_ms, struct sf_error *e);
