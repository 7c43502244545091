/*
 * The token record on descriptor 4: how a new token leaves the worker, and how one that nobody
 * wants comes back to be revoked.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "secret.h"
#include "token.h"

/*
 * The token of a job: given is what its frame had, NULL: the record. Fails with STORE (not to be
 * read, not of our form), NOMEM.
 */
SF_CHECKED enum sf_err sf_token_text_read(
    const struct sf_secret *given, struct sf_token **ret_token, struct sf_error *e);

/* Fails with STORE, NOMEM. */
SF_CHECKED enum sf_err sf_token_text_write(const struct sf_token *token, struct sf_error *e);
