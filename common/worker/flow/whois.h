/*
 * Whose access token is it? Reads the identity document and userinfo from the host of login_url,
 * wherever `id` points: a forged `id` cannot send the token elsewhere. The facts are copied as they
 * are; policy decides by them.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "flow.h"

/*
 * Add the facts of identity document and userinfo to *facts, in which the caller has set id_url,
 * instance_url and community. If the token has no ids (`id` was not an identity URL), it sends no
 * request and leaves the facts: policy then refuses the id_url. Fails as sf_http_run, with the code
 * of the reply's row (SIGN_IN_NEEDED, SCOPE, ...), and with ANSWER or TOO_LARGE (permissions).
 */
SF_CHECKED enum sf_err sf_whois_run(const struct sf_flow_params *params,
    const struct sf_token *token, struct sf_facts *facts, struct sf_error *e);

/*
 * If the token has no ids, which a sign-in would have brought, learn them from userinfo, so that
 * sf_whois_run can ask who its user is. Fails as sf_whois_run.
 */
SF_CHECKED enum sf_err sf_whois_learn(
    const struct sf_flow_params *params, struct sf_token *token, struct sf_error *e);

/* Set *ret_facts to the facts of a token response; all other fields are empty. */
void sf_whois_from_grant(const struct sf_grant *grant, struct sf_facts *ret_facts);
