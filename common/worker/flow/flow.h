/*
 * OAuth flows: each row of flows.def is a way to sign in and has its own file. flow.c has what all
 * token requests share.
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
	struct sf_http *http; /* to the host of login_url, or to the site */
	struct sf_ui *ui;     /* NULL: no person takes part */
	const struct sf_job *job;
	const struct sf_client *client;     /* NULL: no client authentication */
	const struct sf_origin *origin;     /* of login_url */
	int64_t deadline_ms;                /* of the flow, clock.h; not after the job's */
	struct sf_reply_class *reply_class; /* output: the class of the last reply */
	const char *host_keys; /* host_keys.h, for the state of the flow paste; NULL or "": none */
	const char *mark;      /* of a refresh (http_reply.h); NULL: none */
	int mark_fd;
	long park; /* of a refresh: the key for the new refresh token (park.h); 0: none */
};

/* The result of a token request. */
struct sf_grant {
	struct sf_token *token;               /* NULL: none; owned by the struct */
	char id_url[SF_FACTS_URL_SIZE];       /* `id`, "" if absent */
	char instance_url[SF_FACTS_URL_SIZE]; /* "" if absent */
	enum sf_given community;              /* TRUE: the user is one of a site */
};
void sf_grant_clear(struct sf_grant *grant); /* for SF_CLEANUP */

/*
 * Sign in; returns when there is a token. Fails with the code of the reply's row (reply_class.def),
 * and with EXPIRED, INTERRUPTED, CONFIG, UNAVAILABLE, TLS, ANSWER, NOMEM or SYSTEM. grant is empty
 * before the call. After a failure it may have a token, from a reply that was otherwise unusable:
 * the caller revokes it.
 */
typedef enum sf_err sf_flow_run_fn(
    const struct sf_flow_params *params, struct sf_grant *grant, struct sf_error *e);

#define X(id, name, where, traits, help) sf_flow_run_fn sf_flow_##name##_run;
SF_FLOWS(X)
#undef X

/*
 * Request a device code and discard it, to learn whether Salesforce accepts the app. Fails as the
 * start of the flow device.
 */
SF_CHECKED enum sf_err sf_flow_device_probe(
    const struct sf_flow_params *params, struct sf_error *e);

/* The function of the flow with this name (flows.def); NULL if there is none. */
sf_flow_run_fn *sf_flow_find(const char *name);

/*
 * Add client_id and client authentication to a form, POST it to the token endpoint, and classify
 * the reply in params->reply_class. *ret_json is the body if the class is GO_ON, else NULL; the
 * caller frees it. Fails only if there is no reply (as sf_http_run and sf_client_add), and with
 * NOMEM: an error that Salesforce reports is a success here.
 */
SF_CHECKED enum sf_err sf_flow_post(const struct sf_flow_params *params, enum sf_call call,
    struct sf_secret *form, struct sf_json **ret_json, struct sf_error *e);

/*
 * The origin of an Experience Cloud site's URL, https://HOST[:PORT][/PATH] without a final slash.
 * Fails with CONFIG.
 */
SF_CHECKED enum sf_err sf_flow_site_origin(
    const char *site_url, struct sf_origin *ret_origin, struct sf_error *e);

/*
 * Read a token response (RFC 6749 section 5.1) into grant, which is empty before the call. Sets the
 * token's secrets, origin, also, scope, ids (of `id`), issued_at, expiry and generation; not its
 * username. The instance is added to also only if it is a Salesforce host and not origin. If the
 * app has a secret, a `signature` must be valid. Fails with ANSWER (the detail names the field),
 * NOMEM, SYSTEM or CONFIG; grant then has what could be read.
 */
SF_CHECKED enum sf_err sf_flow_grant(const struct sf_flow_params *params,
    const struct sf_json *json, struct sf_grant *grant, struct sf_error *e);

/*
 * Ask the person for the password, once; the caller frees it. It is not empty and has no NUL. Fails
 * with CONFIG (the job has no username), CONVERSATION (no person takes part), DENIED (empty, or
 * with a NUL), and as ui.h.
 */
SF_CHECKED enum sf_err sf_flow_password_ask(
    const struct sf_flow_params *params, struct sf_secret **ret_password, struct sf_error *e);

/*
 * Refresh a stored token (RFC 6749 section 6). *ret_token is a new token, which the caller frees:
 * with the new refresh token if the response has one, else with the old one; username and ids are
 * copied from old. A new refresh token is parked before the response is judged, because the old one
 * is used up by then; the whole new token is parked after that. After a failure *ret_token is NULL,
 * or old with the new refresh token and without an access token: the caller must keep it. Fails
 * with SIGN_IN_NEEDED (the refresh token is dead, or there is none), BUSY (another process is
 * refreshing), DENIED, APP, UNAVAILABLE, ANSWER and others. Whether the refresh
 * token is dead is params->reply_class->next: SF_NEXT_DEAD.
 */
SF_CHECKED enum sf_err sf_flow_refresh_run(const struct sf_flow_params *params,
    const struct sf_token *old, struct sf_token **ret_token, struct sf_error *e);

/*
 * Find out by introspection (RFC 7662) when the access token expires: *ret_expires_at, s since the
 * epoch, 0 if unknown. Sends a request only if the app has client authentication, which Salesforce
 * requires. Best effort: an error gives 0, and params->reply_class is unchanged.
 */
void sf_flow_introspect_run(
    const struct sf_flow_params *params, const struct sf_token *token, uint64_t *ret_expires_at);

/*
 * Revoke the refresh token, and with it its access tokens; or the access token if there is no
 * refresh token. Succeeds if the token is dead already. Fails as sf_http_run, and with the code of
 * the reply's row.
 */
SF_CHECKED enum sf_err sf_flow_revoke(
    const struct sf_flow_params *params, const struct sf_token *token, struct sf_error *e);
