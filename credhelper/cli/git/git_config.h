/*
 * Reads and writes git's configuration by running git, and reads what concerns one host:
 * `credential.https://HOST.sfoauthOrg` and `credential.interactive`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"

#define SF_GIT_CONFIG_SIZE 16384 /* bytes of git's output, NUL included */
#define SF_GIT_ORG_SIZE    64

/*
 * Run `git config -z` with further arguments, NULL-terminated, 9 at most. ret_out gets its output,
 * each value with a NUL after it; *ret_len is the length of all. *ret_status is git's exit status;
 * 1 means that the key does not exist. Fails with SYSTEM: git cannot be started, prints more than
 * fits, or takes longer than 5 s.
 */
SF_CHECKED enum sf_err sf_git_config_run(const char *const *args,
    char ret_out[static SF_GIT_CONFIG_SIZE], size_t *ret_len, int *ret_status, struct sf_error *e);

struct sf_git_config {
	char org[SF_GIT_ORG_SIZE]; /* sfoauthOrg; "" if none */
	bool forbids_asking;       /* credential.interactive is false or never */
};

/*
 * Read what git's configuration says for an https URL, path included, with one call of git. Cannot
 * fail: if git fails, nothing counts as configured.
 */
void sf_git_config_of(const char *url, struct sf_git_config *ret_config);
