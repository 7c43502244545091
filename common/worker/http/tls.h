/*
 * libcrypto and libssl before the sandbox.
 */
#pragma once

#include <stddef.h>

#include "attr.h"
#include "err.h"

#ifndef SF_TLS_CA_FILE
#define SF_TLS_CA_FILE "/etc/ssl/certs/ca-certificates.crt"
#endif
#define SF_TLS_CA_MAX (4 * 1024 * 1024)

/*
 * Once per process, before anything uses libcrypto: allocators that wipe, then all that libssl does
 * only once (configuration, providers, error texts, randomness). Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_tls_start(struct sf_error *e);

/* Whose signature counts. */
struct sf_tls_trust {
	const char *file; /* absolute; "" = SF_TLS_CA_FILE */
	const char *text; /* PEM, in place of a file; NULL = none */
};

/* The certificates, as PEM that the caller frees. Fails with CONFIG (file.h) or NOMEM. */
SF_CHECKED enum sf_err sf_tls_ca(
    const struct sf_tls_trust *trust, char **ret_pem, size_t *ret_len, struct sf_error *e);
