/*
 * The `signature` of a token response: base64 of HMAC-SHA256 over `id` and `issued_at`, keyed with
 * the app's consumer secret. An app without a secret cannot check it.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "json.h"
#include "secret.h"

/*
 * Check a token response. One without a signature passes, because Salesforce does not promise to
 * send it. Fails with ANSWER (wrong, or a field is malformed) or NOMEM.
 */
SF_CHECKED enum sf_err sf_signature_check(
    const struct sf_secret *secret, const struct sf_json *json, struct sf_error *e);
