/*
 * Whose access token is this? The identity document and userinfo, both from the host of login_url,
 * wherever `id` points. What they say goes into the facts as given; nothing is judged here.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "flow.h"

/*
 * Fill *facts, whose id_url, instance_url, token_prefix and community the caller has set, with
 * identity document and userinfo. Where the token's ids are not known (`id` was no identity URL)
 * nothing is asked and the facts stay as they are: the one who judges them sees the reason there.
 * Fails with SIGN_IN_NEEDED, SCOPE, ANSWER, UNAVAILABLE, TOO_LARGE (permissions), NOMEM.
 */
SF_CHECKED enum sf_err sf_whois_run(const struct sf_flow_params *params,
    const struct sf_token *token, struct sf_facts *facts, struct sf_error *e);

/* The facts that a token response has by itself. */
void sf_whois_from_grant(const struct sf_grant *grant, struct sf_facts *ret_facts);
