/*
 * What the flows browser and paste share: the address to open, and the exchange of the code for a
 * token. Receiving the callback is theirs.
 */
#include "flow_code.h"

#include <string.h>

#include "clock.h"
#include "form.h"
#include "json.h"
#include "pkce.h"
#include "text.h"

#include "banned.h"

#define AUTHORIZE_PATH "/services/oauth2/authorize"
#define HTTPS_PORT     443
#define BAD_REQUEST    400

void sf_flow_code_clear(struct sf_flow_code *code)
{
	code->verifier = sf_secret_free(code->verifier);
	code->state = sf_secret_free(code->state);
	sf_secret_wipe(code, sizeof(*code));
}

/* Add a parameter; leave out an empty one. */
static bool add_query(struct sf_text *text, const char *key, const char *value)
{
	return value[0] == '\0' || sf_form_add_query(text, key, value);
}

/* Build the authorization request (RFC 6749 section 4.1.1), and the challenge of RFC 7636. */
static enum sf_err build_address(
    const struct sf_flow_params *params, struct sf_flow_code *code, struct sf_error *e)
{
	const struct sf_job *job = params->job;
	struct sf_text text = SF_TEXT(code->show.verification_uri);
	char challenge[SF_PKCE_TEXT_SIZE];
	enum sf_err r = sf_pkce_challenge(code->verifier, challenge, e);

	if (r != SF_OK)
		return r;
	sf_text_addf(&text, "https://%s", params->origin->host);
	if (params->origin->port != HTTPS_PORT)
		sf_text_addf(&text, ":%u", (unsigned)params->origin->port);
	sf_text_add(&text, AUTHORIZE_PATH "?response_type=code");

	bool is_whole = add_query(&text, "client_id", job->client_id) &&
			add_query(&text, "redirect_uri", job->callback) &&
			add_query(&text, "scope", job->scope) &&
			add_query(&text, "state", sf_secret_reveal(code->state)) &&
			add_query(&text, "code_challenge", challenge) &&
			sf_text_add(&text, "&code_challenge_method=S256") &&
			add_query(&text, "prompt", job->prompt) &&
			add_query(&text, "login_hint", job->username);

	if (text.overflow)
		return SF_FAIL(e, SF_E_CONFIG, 0, "the address to open is longer than %d",
		    SF_UI_ADDRESS_SIZE - 1);
	if (!is_whole)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for an address");
	code->show.life_s = (uint32_t)(sf_clock_left_ms(params->deadline_ms) / 1000);
	return SF_OK;
}

/*
 * Request the address itself, and fail if Salesforce names an error. For an unknown app or callback
 * it redirects nobody: the browser would stay on an error, and we would wait for nothing. Any other
 * reply is for the browser: a sign-in page, a redirect, or a page too large for us.
 */
static enum sf_err ask_first(
    const struct sf_flow_params *params, const struct sf_flow_code *code, struct sf_error *e)
{
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	/* The person takes minutes: Salesforce may close the connection, and we notice too late. */
	const struct sf_http_request request = {
	    .path = strstr(code->show.verification_uri, AUTHORIZE_PATH), .closes = true};
	struct sf_reply_class class = {0};
	enum sf_err r = sf_http_run(params->http, &request, &reply, e);

	if (r == SF_E_TOO_LARGE)
		return SF_OK;
	if (r == SF_OK && reply.status == BAD_REQUEST)
		r = sf_reply_class_read(SF_ON_AUTHORIZE, &reply, &class, &json, e);
	if (r != SF_OK || class.error[0] == '\0')
		return r;
	*params->reply_class = class;
	return sf_reply_class_fail(params->reply_class, e);
}

/*
 * Generate the state: random text, then a dot and the names of the host's keys if it has some. The
 * random text alone makes it secret; the names bind the answer to the host.
 */
static enum sf_err make_state(
    const struct sf_flow_params *params, struct sf_secret **ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *random = NULL;
	const char *keys = params->host_keys ? params->host_keys : "";
	enum sf_err r = sf_pkce_random(&random, e);

	if (r != SF_OK)
		return r;
	*ret_state = sf_secret_new(sf_secret_len(random) + 1 + strlen(keys));
	if (!*ret_state || !sf_secret_add_secret(*ret_state, random) ||
	    (keys[0] != '\0' &&
		(!sf_secret_add_text(*ret_state, ".") || !sf_secret_add_text(*ret_state, keys))))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a state");
	return SF_OK;
}

enum sf_err sf_flow_code_begin(
    const struct sf_flow_params *params, struct sf_flow_code *ret_code, struct sf_error *e)
{
	enum sf_err r = SF_OK;

	*ret_code = (struct sf_flow_code){0};
	if (params->job->callback[0] == '\0')
		return SF_FAIL(e, SF_E_CONFIG, 0, "no callback is configured");
	r = sf_pkce_random(&ret_code->verifier, e);
	if (r == SF_OK)
		r = make_state(params, &ret_code->state, e);
	if (r == SF_OK)
		r = build_address(params, ret_code, e);
	return r == SF_OK && params->job->asks_first ? ask_first(params, ret_code, e) : r;
}

struct sf_callback_params sf_flow_code_expects(
    const struct sf_flow_params *params, const struct sf_flow_code *code)
{
	return (struct sf_callback_params){
	    .address = params->job->callback,
	    .state = code->state,
	    .issuer = params->origin,
	};
}

/*
 * Exchange the authorization code for a token (RFC 6749 section 4.1.3). Without the verifier, a
 * code is useless to an eavesdropper.
 */
static enum sf_err exchange_code(const struct sf_flow_params *params,
    const struct sf_flow_code *code, const struct sf_secret *given, struct sf_grant *grant,
    struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;

	if (!form || !sf_form_add(form, "grant_type", "authorization_code") ||
	    !sf_form_add_secret(form, "code", given) ||
	    !sf_form_add(form, "redirect_uri", params->job->callback) ||
	    !sf_form_add_secret(form, "code_verifier", code->verifier))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a form");

	enum sf_err r = sf_flow_post(params, SF_ON_CODE, form, &json, e);

	if (r != SF_OK)
		return r;
	if (params->reply_class->next != SF_NEXT_GO_ON)
		return sf_reply_class_fail(params->reply_class, e);
	return sf_flow_grant(params, json, grant, e);
}

enum sf_err sf_flow_code_finish(const struct sf_flow_params *params,
    const struct sf_flow_code *code, const struct sf_callback *callback, struct sf_grant *grant,
    struct sf_error *e)
{
	switch (callback->kind) {
	case SF_CALLBACK_CODE:
		return exchange_code(params, code, callback->code, grant, e);
	case SF_CALLBACK_REFUSAL:
		sf_reply_class_of_words(
		    SF_ON_AUTHORIZE, callback->error, callback->description, params->reply_class);
		return sf_reply_class_fail(params->reply_class, e);
	case SF_CALLBACK_FOREIGN:
		break;
	}
	return SF_FAIL(e, SF_E_BUG, 0, "a foreign callback reached the code exchange");
}
