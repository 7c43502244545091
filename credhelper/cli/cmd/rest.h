/*
 * GETs of Salesforce's API for a subcommand: a token that has the scope, {version} filled in, and
 * once more with another token where Salesforce does not accept this one any more.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "cmd.h"
#include "err.h"
#include "token.h"

struct sf_rest {
	struct sf_cmd *cmd;
	struct sf_token *token; /* owned */
	bool is_replaced;
};
void sf_rest_clear(struct sf_rest *fetch); /* for SF_CLEANUP */

/* The session has begun (sf_cmd_begin). Fails with SCOPE, and as sf_session_token. */
SF_CHECKED enum sf_err sf_rest_begin(
    struct sf_cmd *cmd, struct sf_rest *ret_fetch, struct sf_error *e);

/* text with the org's API version in place of each {version}. Fails with USAGE. */
SF_CHECKED enum sf_err sf_rest_path(
    const struct sf_cmd *cmd, const char *text, char *ret_path, size_t size, struct sf_error *e);

/* The path of a query, the statement encoded. Fails with USAGE: too long, or not UTF-8 text. */
SF_CHECKED enum sf_err sf_rest_query(
    const struct sf_cmd *cmd, const char *soql, char *ret_path, size_t size, struct sf_error *e);

/* A 2xx body goes to body_fd. As sf_worker_jobs_get. */
SF_CHECKED enum sf_err sf_rest_to(
    struct sf_rest *fetch, const char *path, int body_fd, struct sf_error *e);

/*
 * A 2xx body of at most max bytes in memory; NUL-terminated, *ret_len does not count that. The
 * caller frees it. Fails with TOO_LARGE, and as sf_worker_jobs_get.
 */
SF_CHECKED enum sf_err sf_rest_text(struct sf_rest *fetch, const char *path, size_t max,
    char **ret_text, size_t *ret_len, struct sf_error *e);
