/*
 * The token record on descriptor 4: a new token leaves the worker in it, and a token that the
 * caller rejects comes back in it to be revoked.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "secret.h"
#include "token.h"

/*
 * Parse the token of a job, which the caller frees. given is the token of the job's frame; NULL:
 * read the record. Fails with STORE (cannot be read, malformed) or NOMEM.
 */
SF_CHECKED enum sf_err sf_token_text_read(
    const struct sf_secret *given, struct sf_token **ret_token, struct sf_error *e);

/* Write a token to the record. Fails with STORE or NOMEM. */
SF_CHECKED enum sf_err sf_token_text_write(const struct sf_token *token, struct sf_error *e);
