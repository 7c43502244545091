/*
 * The callback of a sign-in in the browser: the query of the callback address (redirect_uri), as
 * the listener receives it or a person pastes it. It is untrusted input until its state is ours.
 *
 * A callback is ours if it has exactly one `state`, equal to ours (compared in constant time), and
 * either exactly one `code` and no `error`, or exactly one `error` and no `code`. If it names an
 * issuer (RFC 9207), there must be exactly one, the org's. Anything else is foreign: not a failure,
 * and the sign-in continues to wait. Values are percent-decoded once; other parameters are ignored.
 */
#pragma once

#include <stddef.h>

#include "attr.h"
#include "err.h"
#include "origin.h"
#include "secret.h"

#define SF_CALLBACK_QUERY_MAX 8192 /* bytes */
#define SF_CALLBACK_CODE_MAX  2048 /* bytes */

enum sf_callback_kind {
	SF_CALLBACK_FOREIGN,
	SF_CALLBACK_CODE,    /* with code */
	SF_CALLBACK_REFUSAL, /* with error and description */
};

/* What the callback must match. */
struct sf_callback_params {
	const char *address; /* redirect_uri as it was sent */
	const struct sf_secret *state;
	const struct sf_origin *issuer; /* the org's login host */
};

struct sf_callback {
	enum sf_callback_kind kind;
	const char *why;        /* FOREIGN: the reason, a static text without any input */
	struct sf_secret *code; /* visible ASCII; owned by the struct */
	char error[64];         /* any bytes without NUL; reply_class.h filters them */
	char description[256];  /* the same, cut if it is longer */
};
void sf_callback_clear(struct sf_callback *callback); /* for SF_CLEANUP */

/* Parse a query, without its "?". Fails with NOMEM only: a malformed query is FOREIGN. */
SF_CHECKED enum sf_err sf_callback_query(const struct sf_callback_params *params, const char *query,
    size_t len, struct sf_callback *ret_callback, struct sf_error *e);

/*
 * Parse a URL that a person pasted. Surrounding blanks and a fragment are dropped. The part before
 * the query must be exactly params->address; its scheme may be missing. The URL of the issuer's own
 * error page is a REFUSAL. Fails with NOMEM only: anything else is FOREIGN.
 */
SF_CHECKED enum sf_err sf_callback_paste(const struct sf_callback_params *params,
    const struct sf_secret *pasted, struct sf_callback *ret_callback, struct sf_error *e);
