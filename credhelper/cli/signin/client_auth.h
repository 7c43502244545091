/*
 * How the org's app proves itself, as the configuration, the keyring and the environment have it:
 * common/worker/client.h sends it.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "job.h"
#include "target.h"

/*
 * Fill client_auth and passphrase of a LOGIN or REFRESH job, and open what goes to descriptor 5:
 * *ret_fd, -1 where there is nothing, is the caller's to close. Order: SALESFORCE_CLIENT_SECRET,
 * client_secret_file, client_secret = keyring; the key for the flow jwt and private_key_jwt. Fails
 * with CONFIG (which file, why), KEYRING_LOCKED, KEYRING, KEYRING_SILENT, SIGN_IN_NEEDED.
 */
SF_CHECKED enum sf_err sf_client_auth_open(
    const struct sf_target *target, struct sf_job *job, int *ret_fd, struct sf_error *e);
