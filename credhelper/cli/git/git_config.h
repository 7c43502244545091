/*
 * git's own configuration, read and written by git itself. Also what it says about one host:
 * `credential.https://HOST.sfoauthOrg` and `credential.interactive`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"

#define SF_GIT_CONFIG_SIZE 16384 /* of what git prints, NUL included */
#define SF_GIT_ORG_SIZE    64

/*
 * Run `git config` with further arguments, NULL-terminated. ret_out gets what it prints, each value
 * ended by a NUL, its length in *ret_len. *ret_status is git's exit status: 1 is "no such key".
 * Fails with SYSTEM: git cannot be started, prints too much, or takes longer than 5 s.
 */
SF_CHECKED enum sf_err sf_git_config_run(const char *const *args,
    char ret_out[static SF_GIT_CONFIG_SIZE], size_t *ret_len, int *ret_status, struct sf_error *e);

struct sf_git_config {
	char org[SF_GIT_ORG_SIZE]; /* sfoauthOrg; "" if none */
	bool forbids_asking;       /* credential.interactive is false, or never */
};

/*
 * What holds for an https address (an origin's address, path included), in one call of git. Never
 * fails: where git does not answer, nothing is configured.
 */
void sf_git_config_of(const char *url, struct sf_git_config *ret_config);
