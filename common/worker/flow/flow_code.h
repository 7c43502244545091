/*
 * Authorization code with PKCE S256 and state: what the flows browser and paste share, the address
 * to open and the exchange of the code.
 */
#pragma once

#include "attr.h"
#include "callback.h"
#include "err.h"
#include "flow.h"
#include "secret.h"
#include "ui.h"

/* One sign-in. */
struct sf_flow_code {
	struct sf_secret *verifier; /* code_verifier: sent only in the exchange */
	struct sf_secret *state;    /* distinguishes our callback from forged ones */
	struct sf_show show;        /* the address to open */
};
void sf_flow_code_clear(struct sf_flow_code *code); /* for SF_CLEANUP */

/*
 * Generate verifier and state, and build the address. With the job's asks_first, request it. The
 * caller clears *ret_code, also after a failure. Fails with CONFIG (no callback, or the address is
 * too long), SYSTEM or NOMEM; with asks_first also as sf_http_run, and with the code of the reply's
 * row if Salesforce refuses the request.
 */
SF_CHECKED enum sf_err sf_flow_code_begin(
    const struct sf_flow_params *params, struct sf_flow_code *ret_code, struct sf_error *e);

/* What the callback must match. Borrowed from both. */
struct sf_callback_params sf_flow_code_expects(
    const struct sf_flow_params *params, const struct sf_flow_code *code);

/*
 * Exchange the code of our callback for a grant. If the callback is a refusal, fail with the code
 * of its row. Otherwise fails as sf_flow_post and sf_flow_grant, and with the code of the reply's
 * row.
 */
SF_CHECKED enum sf_err sf_flow_code_finish(const struct sf_flow_params *params,
    const struct sf_flow_code *code, const struct sf_callback *callback, struct sf_grant *grant,
    struct sf_error *e);
