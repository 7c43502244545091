/*
 * git's credential protocol (git-credential(1), "INPUT/OUTPUT FORMAT"): key=value lines ended by
 * LF, an empty line or the end of input
 * ends the list; lines up to 65,535 bytes. A CR or NUL anywhere, a line without "=", a longer
 * line refuses the whole request; rejected
 * input is never echoed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "secret.h"
#include "token.h"

#define SF_GITCRED_LINE_MAX  65535
#define SF_GITCRED_INPUT_MAX (1024 * 1024)

/* A request as far as we use it. "" is absent. Unknown keys are ignored, as the protocol asks. */
struct sf_gitcred {
	char protocol[32];
	char host[300];
	char path[SF_URL_MAX];
	char username[SF_TOKEN_USERNAME_SIZE];
	bool has_username;
	bool too_long;        /* one of the above did not fit: not ours */
	bool takes_authtype;  /* capability[]=authtype: the caller understands Bearer */
	bool takes_state;     /* capability[]=state: it brings back state[], and obeys continue */
	bool offers_basic;    /* wwwauth[]: the server takes a password */
	bool offers_bearer;   /* wwwauth[]: the server takes Bearer */
	bool is_other_scheme; /* authtype= is there, and is not Bearer */
	/* Of the token we gave before, from our state[]; "" if there is none. */
	char generation[SF_TOKEN_GENERATION_SIZE];
	struct sf_secret *password;   /* NULL if none */
	struct sf_secret *credential; /* NULL if none */
};
void sf_gitcred_clear(struct sf_gitcred *request); /* for SF_CLEANUP */

/*
 * Parse len bytes. A repeated single-valued key: the last one wins, as in git; an empty value of a
 * list (capability[], state[], wwwauth[]) empties it; `url=` is taken apart as git does, and what
 * stood before it is forgotten. Fails with USAGE (malformed) or NOMEM.
 */
SF_CHECKED enum sf_err sf_gitcred_parse(
    const char *bytes, size_t len, struct sf_gitcred *ret_request, struct sf_error *e);

/*
 * The canonical origin of the request, "" if it is not an https one of ours: no host, empty
 * host, other scheme, bad port.
 */
void sf_gitcred_origin(const struct sf_gitcred *request, char ret[static SF_ORIGIN_SIZE]);

/*
 * What store and erase are about: the credential of a Bearer, else the password. NULL if there is
 * none, or it is of another scheme. Borrowed.
 */
const struct sf_secret *sf_gitcred_presented(const struct sf_gitcred *request);

/*
 * The answer to get. Bearer (authtype, credential, ephemeral) where the caller understands it and
 * the server does not ask for Basic alone, else username and password; password_expiry_utc; and
 * where the caller brings it back, state[] with the token's generation. `continue` asks it to
 * call again after a 401: once, for a request that brings a generation gets none.
 * Fails with BUG where a value is empty or has a control character, or NOMEM.
 */
SF_CHECKED enum sf_err sf_gitcred_output(const struct sf_gitcred *request,
    const struct sf_token *token, struct sf_secret **ret_text, struct sf_error *e);
