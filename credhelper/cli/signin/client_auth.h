/*
 * Client authentication: how the org's app proves its identity to Salesforce (RFC 6749, section
 * 2.3). Finds the secret or key in the environment, the configuration or the keyring; flow/client.h
 * of the worker sends it.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "job.h"
#include "target.h"

/*
 * Fill client_auth and passphrase of a LOGIN or REFRESH job, and open the secret or key for the
 * worker's descriptor 5. The caller closes *ret_fd; it is -1 if there is none.
 *
 * SALESFORCE_CLIENT_SECRET comes first. Then the flow jwt and private_key_jwt take
 * private_key_file; all else takes client_secret_file, then client_secret = keyring.
 *
 * Fails with CONFIG (no secret or key, or a file that is missing, unsafe or too large),
 * KEYRING_LOCKED, KEYRING (absent), KEYRING_SILENT, SYSTEM, NOMEM.
 */
SF_CHECKED enum sf_err sf_client_auth_open(
    const struct sf_target *target, struct sf_job *job, int *ret_fd, struct sf_error *e);
