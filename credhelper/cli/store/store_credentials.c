/*
 * Passwords and client secrets in the desktop keyring: their keys and labels. The calls to the
 * keyring are in store_secret_service.c.
 */
#include "store_credentials.h"

#include <string.h>

#include "text.h"
#include "messages.h"

#include "banned.h"

/* Bytes: an origin or a username and host, with the fixed words around them. */
#define SF_STORE_CREDENTIALS_KEY_SIZE   (SF_ORIGIN_SIZE + 16)
#define SF_STORE_CREDENTIALS_LABEL_SIZE (SF_TOKEN_USERNAME_SIZE + SF_ORIGIN_HOST_SIZE + 64)

/* An item keeps its label when the language changes, so labels are not in messages.def. */
static const struct kind {
	const char *prefix, *label;
} kinds[] = {
    [SF_STORE_CREDENTIALS_CLIENT_SECRET] = {"client-secret:",
	"Consumer secret of the Salesforce app"},
    [SF_STORE_CREDENTIALS_PASSWORD] = {"password:", "Salesforce password of"},
};

/* Fill the parameters of a call. False: the user is too long, so that there is no such item. */
static bool fill_ask(const struct sf_target *target, enum sf_store_credentials_kind kind,
    const char *user, struct sf_text *key, struct sf_store_params *ret_ask)
{
	*ret_ask = sf_store_ask_of(target);
	ret_ask->key = key->buf;
	ret_ask->app =
	    NULL; /* a password is the person's, whatever the app; a secret names its app */
	ret_ask->user = user;
	return sf_text_addf(key, "%s%s", kinds[kind].prefix, target->origin.text) &&
	       (!user || strlen(user) < SF_TOKEN_USERNAME_SIZE);
}

enum sf_err sf_store_credentials_get(const struct sf_target *target,
    enum sf_store_credentials_kind kind, const char *user, struct sf_secret **ret_secret,
    char ret_user[static SF_TOKEN_USERNAME_SIZE], enum sf_store_state *ret_state,
    struct sf_error *e)
{
	char key[SF_STORE_CREDENTIALS_KEY_SIZE];
	struct sf_text text = SF_TEXT(key);
	struct sf_store_params params;

	*ret_secret = NULL;
	*ret_state = SF_STORE_NONE;
	if (!fill_ask(target, kind, user, &text, &params))
		return SF_OK;
	return sf_store_secret_service_read(&params, ret_secret, ret_user, ret_state, e);
}

enum sf_err sf_store_credentials_put(const struct sf_target *target,
    enum sf_store_credentials_kind kind, const char *user, const struct sf_secret *secret,
    enum sf_store_state *ret_state, struct sf_error *e)
{
	char key[SF_STORE_CREDENTIALS_KEY_SIZE], label[SF_STORE_CREDENTIALS_LABEL_SIZE];
	struct sf_text text = SF_TEXT(key), words = SF_TEXT(label);
	const bool has_name = kind == SF_STORE_CREDENTIALS_PASSWORD;
	struct sf_store_params params;

	*ret_state = SF_STORE_ABSENT;
	if (!fill_ask(target, kind, user, &text, &params) ||
	    !sf_text_addf(&words, "%s%s%s at %s (sfoauth)", kinds[kind].label, has_name ? " " : "",
		has_name ? user : "", target->origin.host))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_E_NAME_TOO_LONG, NULL);
	return sf_store_secret_service_write(&params, label, secret, ret_state, e);
}

enum sf_err sf_store_credentials_erase(const struct sf_target *target,
    enum sf_store_credentials_kind kind, const char *user, enum sf_store_state *ret_state,
    struct sf_error *e)
{
	char key[SF_STORE_CREDENTIALS_KEY_SIZE];
	struct sf_text text = SF_TEXT(key);
	struct sf_store_params params;

	*ret_state = SF_STORE_NONE;
	if (!fill_ask(target, kind, user, &text, &params))
		return SF_OK;
	return sf_store_row(SF_STORE_HOME)->erase(&params, ret_state, e);
}
