/*
 * Ways to a token. One row of flows.def per sign-in, one file per row; what all token requests share is in
 * flow.c.
 */
#pragma once

#include <stdint.h>

#include "reply_class.h"
#include "attr.h"
#include "client.h"
#include "err.h"
#include "facts.h"
#include "flows.h"
#include "http.h"
#include "job.h"
#include "token.h"
#include "ui.h"

#define SF_FLOW_TOKEN_PATH "/services/oauth2/token"

struct sf_flow_params {
	struct sf_http *http; /* to the host of login_url */
	struct sf_ui *ui;     /* NULL where nobody is asked anything */
	const struct sf_job *job;
	const struct sf_client *client; /* NULL: the app proves nothing */
	const struct sf_origin *origin; /* of login_url */
	int64_t deadline_ms;            /* of the flow: earlier than the job's */
	struct sf_reply_class *answer;  /* filled: Salesforce's last answer */
	const char *mark;               /* of the POST of a refresh: see http.h; NULL: none */
	int mark_fd;
};

/* What a token request brought. */
struct sf_grant {
	struct sf_token *token; /* NULL: nothing (yet); owned by the struct */
	char id_url[SF_FACTS_URL_SIZE];
	char instance_url[SF_FACTS_URL_SIZE];
	enum sf_given community; /* TRUE: sfdc_community_id or _url was there */
};
void sf_grant_clear(struct sf_grant *grant); /* for SF_CLEANUP */

/*
 * Sign in: returns when there is a token, or fails with what err.def has for it. grant, empty
 * before, can hold a token also on failure: the answer was unusable, and the caller revokes it.
 */
typedef enum sf_err sf_flow_run_fn(
    const struct sf_flow_params *params, struct sf_grant *grant, struct sf_error *e);

#define X(id, name, where, traits, help) sf_flow_run_fn sf_flow_##name##_run;
SF_FLOWS(X)
#undef X

/*
 * Ask for a device code that nobody is shown, to learn what Salesforce says of the app: fails as
 * the start of the flow device does.
 */
SF_CHECKED enum sf_err sf_flow_device_probe(
    const struct sf_flow_params *params, struct sf_error *e);

/* The flow of that name (flows.def); NULL if there is none. */
sf_flow_run_fn *sf_flow_find(const char *name);

/*
 * POST a form to the token endpoint, client_id and the app's proof added, and read the
 * answer: *ret_json is the body on GO_ON, else NULL. Fails only where there was no answer (http.h),
 * and with NOMEM.
 */
SF_CHECKED enum sf_err sf_flow_post(const struct sf_flow_params *params, enum sf_call call,
    struct sf_secret *form, struct sf_json **ret_json, struct sf_error *e);

/*
 * The origin of a site's address, https://HOST[:PORT][/PATH] without a final slash. Fails with
 * CONFIG.
 */
SF_CHECKED enum sf_err sf_flow_site_origin(
    const char *site_url, struct sf_origin *ret_origin, struct sf_error *e);

/*
 * A token response -> grant. token_type is Bearer where it is told. origin, also, scope, ids of
 * `id`, issued_at, expiry and generation of the token are filled; username is not known here. An
 * instance is added to also only if it is Salesforce's and another than origin. Where the app has a
 * secret, a `signature` must be right. grant, empty before, holds what could be read also on
 * failure. Fails with ANSWER (which field), NOMEM, SYSTEM, CONFIG.
 */
SF_CHECKED enum sf_err sf_flow_grant(const struct sf_flow_params *params,
    const struct sf_json *json, struct sf_grant *grant, struct sf_error *e);

/*
 * For the flows that send a password: ask for it, once. It is not empty and has no NUL. Fails with
 * CONFIG (the job has no username), CONVERSATION (nobody to ask), DENIED, and as ui.h.
 */
SF_CHECKED enum sf_err sf_flow_password_ask(
    const struct sf_flow_params *params, struct sf_secret **ret_password, struct sf_error *e);

/*
 * Refresh a token that was stored: *ret_token is a new one, with a new refresh token where the
 * answer has one and the old one where it has not; username and ids are the old one's. Fails with
 * SIGN_IN_NEEDED (the refresh token is dead, or there is none), BUSY (somebody else is just
 * refreshing), DENIED, APP, UNAVAILABLE, ANSWER: only SIGN_IN_NEEDED says that the refresh token is
 * of no more use.
 */
SF_CHECKED enum sf_err sf_flow_refresh_run(const struct sf_flow_params *params,
    const struct sf_token *old, struct sf_token **ret_token, struct sf_error *e);

/*
 * Learn by introspection when the access token ends: *ret_expires_at, s since the epoch, 0 where
 * that cannot be learnt. Asks only for an app that proves itself, as Salesforce wants it; nothing
 * that goes wrong is a failure.
 */
void sf_flow_introspect_run(
    const struct sf_flow_params *params, const struct sf_token *token, uint64_t *ret_expires_at);

/*
 * Revoke the refresh token, which takes its access tokens along, or the access token where there is
 * no other. A token that is dead already counts as revoked.
 */
SF_CHECKED enum sf_err sf_flow_revoke(
    const struct sf_flow_params *params, const struct sf_token *token, struct sf_error *e);
