/*
 * Client authentication: reads the app's secret or key, and adds it to a token request. Does not
 * send the request.
 */
#include "client.h"

#include <string.h>

#include "flows.h"
#include "form.h"
#include "jwt.h"
#include "text.h"

#include "banned.h"

#define TOKEN_PATH     "/services/oauth2/token"
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

void sf_client_clear(struct sf_client *client)
{
	client->secret = sf_secret_free(client->secret);
	client->key = sf_secret_free(client->key);
}

/* The secret is the first line: editors add a line end to files. */
static enum sf_err take_secret(
    const struct sf_secret *text, struct sf_client *client, struct sf_error *e)
{
	const char *bytes = sf_secret_reveal(text);
	const size_t len = strcspn(bytes, "\r\n");

	client->secret = sf_secret_from(bytes, len);
	if (!client->secret)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a client secret");
	if (len == 0 || !sf_text_is_printable(sf_secret_reveal(client->secret)))
		return SF_FAIL(
		    e, SF_E_CONFIG, 0, "the client secret is empty or not printable ASCII");
	return SF_OK;
}

enum sf_err sf_client_open(
    const struct sf_job *job, int fd, struct sf_client *ret_client, struct sf_error *e)
{
	SF_CLEANUP(sf_client_clear) struct sf_client client = {.auth = job->client_auth};
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	const bool has_key = job->client_auth == SF_CLIENT_AUTH_PRIVATE_KEY_JWT ||
			     sf_flows_is(job->flow, SF_FLOWS_KEY);
	enum sf_err r = SF_OK;

	*ret_client = (struct sf_client){.auth = SF_CLIENT_AUTH_NONE};
	if (has_key && (client.auth == SF_CLIENT_AUTH_BODY || client.auth == SF_CLIENT_AUTH_BASIC))
		return SF_FAIL(e, SF_E_CONFIG, 0, "the flow jwt needs a key, not a client secret");
	if (!has_key && job->client_auth == SF_CLIENT_AUTH_NONE)
		return SF_OK;
	text = sf_secret_read(fd, has_key ? SF_CLIENT_KEY_MAX : SF_CLIENT_SECRET_MAX);
	if (!text)
		return SF_FAIL(e, SF_E_CONFIG, 0,
		    "the app's %s cannot be read, or is longer than %d", has_key ? "key" : "secret",
		    has_key ? SF_CLIENT_KEY_MAX : SF_CLIENT_SECRET_MAX);
	if (has_key)
		client.key = SF_TAKE(text);
	else
		r = take_secret(text, &client, e);
	if (r != SF_OK)
		return r;
	*ret_client = client;
	client = (struct sf_client){.auth = SF_CLIENT_AUTH_NONE};
	return SF_OK;
}

/* private_key_jwt (RFC 7523 section 2.2): a new assertion for each request. */
static enum sf_err add_assertion(const struct sf_client *client, const struct sf_job *job,
    struct sf_secret *form, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *assertion = NULL;
	char audience[SF_URL_MAX + sizeof(TOKEN_PATH)];
	struct sf_text text = SF_TEXT(audience);
	const struct sf_jwt_params jwt = {
	    .issuer = job->client_id,
	    .subject = job->client_id,
	    .audience = audience,
	    .key = client->key,
	    .passphrase = job->passphrase,
	};

	sf_text_addf(&text, "%s" TOKEN_PATH, job->login_url);

	enum sf_err r = sf_jwt_sign(&jwt, &assertion, e);

	if (r != SF_OK)
		return r;
	if (!sf_form_add(form, "client_assertion_type", ASSERTION_TYPE) ||
	    !sf_form_add_secret(form, "client_assertion", assertion))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a form");
	return SF_OK;
}

enum sf_err sf_client_add(const struct sf_client *client, const struct sf_job *job,
    struct sf_secret *form, struct sf_client_proof *ret_proof, struct sf_error *e)
{
	const enum sf_client_auth auth = client ? client->auth : SF_CLIENT_AUTH_NONE;
	bool fits = sf_form_add(form, "client_id", job->client_id);
	enum sf_err r = SF_OK;

	*ret_proof = (struct sf_client_proof){.basic_user = NULL};
	switch (auth) {
	case SF_CLIENT_AUTH_BODY:
		fits = fits && sf_form_add_secret(form, "client_secret", client->secret);
		break;
	case SF_CLIENT_AUTH_BASIC:
		ret_proof->basic_user = job->client_id;
		ret_proof->basic_password = client->secret;
		break;
	case SF_CLIENT_AUTH_PRIVATE_KEY_JWT:
		r = add_assertion(client, job, form, e);
		break;
	case SF_CLIENT_AUTH_NONE:
	case SF_CLIENT_AUTH_COUNT:
		break;
	}
	return fits ? r : SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a form");
}
