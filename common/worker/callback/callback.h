/*
 * What comes back from a sign-in in the browser: the query of the callback address, as the
 * listener gets it or as a person pastes it. Hostile until it carries our state.
 *
 * Ours is what has exactly one `state`, equal to ours (compared in constant time), and either
 * exactly one `code` and no `error`, or exactly one `error` and no `code`; and, where it names an
 * issuer (RFC 9207), exactly one, which is the org's. All else is foreign: no failure, but not the
 * end either. Values are percent-decoded once; other parameters do not matter.
 */
#pragma once

#include <stddef.h>

#include "attr.h"
#include "err.h"
#include "origin.h"
#include "secret.h"

#define SF_CALLBACK_QUERY_MAX 8192
#define SF_CALLBACK_CODE_MAX  2048

enum sf_callback_kind {
	SF_CALLBACK_FOREIGN,
	SF_CALLBACK_CODE,    /* with code */
	SF_CALLBACK_REFUSAL, /* with error and description */
};

struct sf_callback_params {
	const char *address; /* redirect_uri as it was sent */
	const struct sf_secret *state;
	const struct sf_origin *issuer;
};

struct sf_callback {
	enum sf_callback_kind kind;
	const char *why;        /* FOREIGN: a static text without what came */
	struct sf_secret *code; /* visible ASCII; owned by the struct */
	char error[64];         /* anything without NUL; reply_class.h filters */
	char description[256];  /* the same, cut where it is longer */
};
void sf_callback_clear(struct sf_callback *callback); /* for SF_CLEANUP */

/* The query without "?". Fails with NOMEM only. */
SF_CHECKED enum sf_err sf_callback_query(const struct sf_callback_params *params, const char *query,
    size_t len, struct sf_callback *ret_callback, struct sf_error *e);

/*
 * What a person pasted: blanks around it are dropped, and a fragment; before the query stands the
 * callback address, letter by letter. Fails with NOMEM only.
 */
SF_CHECKED enum sf_err sf_callback_paste(const struct sf_callback_params *params,
    const struct sf_secret *pasted, struct sf_callback *ret_callback, struct sf_error *e);
