/*
 * Requests to Salesforce's REST API for api, query and verify. If Salesforce rejects the token,
 * it is renewed once and the request repeated.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "cmd.h"
#include "err.h"
#include "token.h"
#include "worker_jobs.h"

struct sf_rest {
	struct sf_cmd *cmd;     /* borrowed */
	struct sf_token *token; /* owned */
	bool is_replaced;       /* the one renewal is used up */
};
void sf_rest_clear(struct sf_rest *rest); /* for SF_CLEANUP */

/*
 * Get a token for requests, by a sign-in if needed. sf_cmd_begin has been called.
 * Fails with SCOPE (the token lacks the scope api) and as sf_session_token.
 */
SF_CHECKED enum sf_err sf_rest_begin(
    struct sf_cmd *cmd, struct sf_rest *ret_rest, struct sf_error *e);

/*
 * Copy text to ret_path with each {version} replaced by the org's API version.
 * Fails with USAGE: not one leading slash ("//" would name another host), a space, a character that
 * is not printable ASCII, or longer than size allows.
 */
SF_CHECKED enum sf_err sf_rest_path(
    const struct sf_cmd *cmd, const char *text, char *ret_path, size_t size, struct sf_error *e);

/* The path of a query, with soql percent-encoded. Fails with USAGE: longer than size allows. */
SF_CHECKED enum sf_err sf_rest_query(
    const struct sf_cmd *cmd, const char *soql, char *ret_path, size_t size, struct sf_error *e);

/*
 * Send a request; the worker writes a 2xx body to request->body_fd, and nothing of any other. A GET
 * is repeated if Salesforce rejects the token; any other request only after HTTP 401, which says
 * that nothing was done. Fails as sf_worker_jobs_get and sf_session_replace.
 */
SF_CHECKED enum sf_err sf_rest_send(
    struct sf_rest *rest, const struct sf_worker_jobs_request *request, struct sf_error *e);

/*
 * Send a request, but return a 2xx body of at most max bytes, NUL-terminated, in the place of
 * body_fd; *ret_len is without the NUL. The caller frees it. Fails with TOO_LARGE, NOMEM, SYSTEM,
 * and as sf_rest_send.
 */
SF_CHECKED enum sf_err sf_rest_text(struct sf_rest *rest,
    const struct sf_worker_jobs_request *request, size_t max, char **ret_text, size_t *ret_len,
    struct sf_error *e);
