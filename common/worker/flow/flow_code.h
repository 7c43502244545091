/*
 * What the flows through a browser share (browser, paste): the address to open, and the exchange of
 * the code that comes back. Authorization code with PKCE S256 and state.
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
	struct sf_secret *verifier; /* proves that the code is ours; leaves only with the code */
	struct sf_secret *state;    /* tells our callback from others */
	struct sf_show show;        /* the address to open */
};
void sf_flow_code_clear(struct sf_flow_code *code); /* for SF_CLEANUP */

/* Fails with CONFIG (no callback, or the address gets too long), SYSTEM, NOMEM. */
SF_CHECKED enum sf_err sf_flow_code_begin(
    const struct sf_flow_params *params, struct sf_flow_code *ret_code, struct sf_error *e);

/* What a callback has to fit. Borrows from both. */
struct sf_callback_params sf_flow_code_expects(
    const struct sf_flow_params *params, const struct sf_flow_code *code);

/*
 * The code of a callback that is ours -> grant; or the failure that it tells. Fails as
 * sf_flow_post and sf_flow_grant, and with what the answer's row says.
 */
SF_CHECKED enum sf_err sf_flow_code_finish(const struct sf_flow_params *params,
    const struct sf_flow_code *code, const struct sf_callback *callback, struct sf_grant *grant,
    struct sf_error *e);
