/*
 * The `signature` of a token response: base64 of HMAC-SHA256 over `id` and `issued_at`, keyed with
 * the app's consumer secret. What it proves to an app without a secret is nothing.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "json.h"
#include "secret.h"

/*
 * Check a token response. One without a signature passes: no answer of Salesforce's is promised to
 * have it. Fails with ANSWER (it does not fit), NOMEM.
 */
SF_CHECKED enum sf_err sf_signature_check(
    const struct sf_secret *secret, const struct sf_json *json, struct sf_error *e);
