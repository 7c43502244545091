/*
 * The other side of the self-test: a TLS server on 127.0.0.1 with a certificate of its own.
 */
#pragma once

#include <stddef.h>

#include "attr.h"
#include "err.h"

#define SF_SELFTEST_PEM_SIZE      4096
#define SF_SELFTEST_REQUEST_COUNT 2

struct sf_selftest_peer; /* opaque */

/* A key and a certificate for 127.0.0.1, made now. Fails with SYSTEM. */
SF_CHECKED enum sf_err sf_selftest_peer_new(struct sf_selftest_peer **ret_peer,
    char ret_pem[static SF_SELFTEST_PEM_SIZE], struct sf_error *e);
void sf_selftest_peer_freep(struct sf_selftest_peer **peer);

/*
 * Accept one connection on listener within timeout_ms and answer SF_SELFTEST_REQUEST_COUNT requests
 * on it. Fails with SYSTEM (which step).
 */
SF_CHECKED enum sf_err sf_selftest_peer_serve(
    struct sf_selftest_peer *peer, int listener, int timeout_ms, struct sf_error *e);
