/*
 * What libcrypto and libssl need before the sandbox.
 */
#pragma once

#include <stddef.h>

#include "attr.h"
#include "err.h"

#ifndef SF_TLS_CA_FILE
#define SF_TLS_CA_FILE "/etc/ssl/certs/ca-certificates.crt"
#endif
#define SF_TLS_CA_MAX (4 * 1024 * 1024) /* bytes */

/*
 * Install allocators that wipe, then make libssl do its one-time work (configuration, providers,
 * error texts, random numbers). Call once per process, before anything uses libcrypto. Fails with
 * SYSTEM.
 */
SF_CHECKED enum sf_err sf_tls_start(struct sf_error *e);

/* The certificate authorities to trust. */
struct sf_tls_trust {
	const char *file; /* absolute; "" = SF_TLS_CA_FILE */
	const char *text; /* PEM, used instead of file; NULL = none */
};

/*
 * Read the certificates: *ret_pem is PEM of *ret_len bytes, which the caller frees. Fails with
 * CONFIG (file.h: missing, too large, or writable by others) or NOMEM.
 */
SF_CHECKED enum sf_err sf_tls_ca(
    const struct sf_tls_trust *trust, char **ret_pem, size_t *ret_len, struct sf_error *e);
