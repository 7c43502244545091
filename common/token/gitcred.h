/*
 * git's credential protocol (git-credential(1), "INPUT/OUTPUT FORMAT"): key=value lines that end
 * with LF; an empty line or the end of the input ends the request. A CR or NUL anywhere, a line
 * without "=", or a line of more than 65,535 bytes refuses the whole request. Error details never
 * quote the input, because it may contain a password.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "secret.h"
#include "token.h"

#define SF_GITCRED_LINE_MAX  65535         /* bytes of a line, as in git */
#define SF_GITCRED_INPUT_MAX (1024 * 1024) /* bytes of a request */

/* The attributes of a request that sfoauth uses. "" means absent. */
struct sf_gitcred {
	char protocol[32];
	char host[300];
	char path[SF_URL_MAX];
	char username[SF_TOKEN_USERNAME_SIZE];
	bool has_username;
	bool too_long;        /* one of the above did not fit: the request has no origin */
	bool takes_authtype;  /* capability[]=authtype: the caller understands Bearer */
	bool takes_state;     /* capability[]=state: it returns state[] and understands continue */
	bool offers_basic;    /* wwwauth[]: the server accepts Basic */
	bool offers_bearer;   /* wwwauth[]: the server accepts Bearer */
	bool is_other_scheme; /* authtype= is there and is not Bearer */
	/* Of the token that git got before, from state[]; "" if there is none. */
	char generation[SF_TOKEN_GENERATION_SIZE];
	struct sf_secret *password;   /* NULL if none */
	struct sf_secret *credential; /* NULL if none */
};
void sf_gitcred_clear(struct sf_gitcred *request); /* for SF_CLEANUP */

/*
 * Parse a request of len bytes, with git's rules: the last one of a repeated attribute counts; an
 * empty value of a list (capability[], state[], wwwauth[]) empties the list; `url=` is split into
 * attributes and replaces those before it. Fails with USAGE (malformed) or NOMEM.
 */
SF_CHECKED enum sf_err sf_gitcred_parse(
    const char *bytes, size_t len, struct sf_gitcred *ret_request, struct sf_error *e);

/*
 * The canonical origin of the request; "" if there is none: another scheme than https, no host or
 * an invalid one, an invalid port.
 */
void sf_gitcred_origin(const struct sf_gitcred *request, char ret[static SF_ORIGIN_SIZE]);

/*
 * The secret that store and erase refer to: the credential of a Bearer, otherwise the password.
 * NULL: there is none, or it has another scheme. Borrowed from the request.
 */
const struct sf_secret *sf_gitcred_presented(const struct sf_gitcred *request);

/*
 * Format the output of get: Bearer (authtype, credential, ephemeral) if the caller understands it
 * and the server does not offer Basic only, otherwise username and password; password_expiry_utc;
 * and if the caller returns it, state[] with the token's generation. `continue` tells git to call
 * again after a 401. A request with a generation gets no `continue`, so that git retries only once.
 * Fails with BUG (a value is empty or has a control character) or NOMEM.
 */
SF_CHECKED enum sf_err sf_gitcred_output(const struct sf_gitcred *request,
    const struct sf_token *token, struct sf_secret **ret_text, struct sf_error *e);
