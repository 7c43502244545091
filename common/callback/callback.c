/*
 * Parses the query of a callback (RFC 6749 section 4.1.2) and compares it with what this sign-in
 * expects. Does not exchange the code.
 */
#include "callback.h"

#include <stdbool.h>
#include <string.h>

#include "form_value.h"
#include "text.h"

#include "banned.h"

/* For any parameter, decoded: the code is the longest that is accepted. */
#define VALUE_SIZE (SF_CALLBACK_CODE_MAX + 1)

void sf_callback_clear(struct sf_callback *callback)
{
	callback->code = sf_secret_free(callback->code);
}

/* The parameters of a query that matter. */
struct parameters {
	struct {
		const char *value; /* still encoded, points into the query */
		size_t len, count; /* count: how often the query has it */
	} code, state, error, description, issuer;
};

#define READ_PARAMETER(parameters, field, name)                                                    \
	if (key_len == strlen(name) && memcmp(at, name, key_len) == 0) {                           \
		(parameters)->field.value = value;                                                 \
		(parameters)->field.len = value_len;                                               \
		(parameters)->field.count++;                                                       \
	}

/* Find the parameters in a query. Ignores others. */
static void read_parameters(const char *query, size_t len, struct parameters *ret)
{
	const char *end = query + len;

	for (const char *at = query; at < end;) {
		const char *amp = memchr(at, '&', (size_t)(end - at));
		const char *stop = amp ? amp : end;
		const char *equals = memchr(at, '=', (size_t)(stop - at));
		size_t key_len = (size_t)((equals ? equals : stop) - at);
		const char *value = equals ? equals + 1 : stop;
		size_t value_len = (size_t)(stop - value);

		READ_PARAMETER(ret, code, "code")
		READ_PARAMETER(ret, state, "state")
		READ_PARAMETER(ret, error, "error")
		READ_PARAMETER(ret, description, "error_description")
		READ_PARAMETER(ret, issuer, "iss")
		at = stop + (amp != NULL);
	}
}

/*
 * Does the query have exactly one state, and is it ours? Otherwise it is a forged callback that
 * would sign this person in as the attacker. Compared in constant time, so that response times do
 * not reveal how many characters match.
 */
static enum sf_err is_state(const struct sf_callback_params *params,
    const struct parameters *parameters, char value[static VALUE_SIZE], bool *ret_is,
    struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *given = NULL;

	*ret_is = false;
	if (parameters->state.count != 1 ||
	    sf_form_value_decode(parameters->state.value, parameters->state.len, value,
		VALUE_SIZE) != SF_FORM_VALUE_WHOLE)
		return SF_OK;
	given = sf_secret_from(value, strlen(value));
	if (!given)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a state");
	*ret_is = sf_secret_equal(params->state, given);
	return SF_OK;
}

/*
 * Is the issuer absent, or exactly once the org's (RFC 9207)? Otherwise another server may have
 * sent the code, to have it exchanged at Salesforce.
 */
static bool is_issuer(const struct sf_callback_params *params, const struct parameters *parameters,
    char value[static VALUE_SIZE])
{
	const char *path = NULL;

	if (parameters->issuer.count == 0)
		return true;
	return parameters->issuer.count == 1 &&
	       sf_form_value_decode(parameters->issuer.value, parameters->issuer.len, value,
		   VALUE_SIZE) == SF_FORM_VALUE_WHOLE &&
	       sf_origin_holds(params->issuer, value, &path) && path[0] == '\0';
}

static enum sf_err read_code(const struct parameters *parameters, char value[static VALUE_SIZE],
    struct sf_callback *callback, struct sf_error *e)
{
	if (sf_form_value_decode(parameters->code.value, parameters->code.len, value, VALUE_SIZE) !=
		SF_FORM_VALUE_WHOLE ||
	    !sf_text_is_printable(value) || strchr(value, ' ')) {
		callback->why = "the code is empty, too long or not printable";
		return SF_OK;
	}
	callback->code = sf_secret_from(value, strlen(value));
	if (!callback->code)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a code");
	callback->kind = SF_CALLBACK_CODE;
	return SF_OK;
}

/* Read error and error_description. They only choose and fill a message, so they may be cut. */
static void read_refusal(const struct parameters *parameters, struct sf_callback *callback)
{
	if (sf_form_value_decode(parameters->error.value, parameters->error.len, callback->error,
		sizeof(callback->error)) != SF_FORM_VALUE_WHOLE)
		callback->error[0] = '\0';
	if (parameters->description.count == 1)
		(void)sf_form_value_decode(parameters->description.value,
		    parameters->description.len, callback->description,
		    sizeof(callback->description));
	callback->kind = SF_CALLBACK_REFUSAL;
}

enum sf_err sf_callback_query(const struct sf_callback_params *params, const char *query,
    size_t len, struct sf_callback *ret_callback, struct sf_error *e)
{
	struct sf_callback callback = {.kind = SF_CALLBACK_FOREIGN};
	struct parameters parameters = {0};
	char value[VALUE_SIZE] = "";
	bool is_ours = false;
	enum sf_err r = SF_OK;

	if (len > SF_CALLBACK_QUERY_MAX)
		callback.why = "the query is too long";
	else
		read_parameters(query, len, &parameters);
	if (!callback.why)
		r = is_state(params, &parameters, value, &is_ours, e);
	if (r == SF_OK && !callback.why && !is_ours)
		callback.why = "the state is missing, repeated or not ours";
	else if (r == SF_OK && !callback.why && !is_issuer(params, &parameters, value))
		callback.why = "it is from another issuer";
	else if (r == SF_OK && !callback.why && parameters.code.count + parameters.error.count != 1)
		callback.why = "there is not exactly one code or error";
	else if (r == SF_OK && !callback.why && parameters.code.count == 1)
		r = read_code(&parameters, value, &callback, e);
	else if (r == SF_OK && !callback.why)
		read_refusal(&parameters, &callback);
	sf_secret_wipe(value, sizeof(value));
	if (r == SF_OK)
		*ret_callback = callback;
	return r;
}

/*
 * The query of Salesforce's own error page, on which the browser stops if the sign-in fails before
 * Salesforce trusts the callback. NULL: the URL is another one. end: of the pasted text.
 */
static const char *find_error_page(
    const struct sf_callback_params *params, const char *text, const char *end)
{
	static const char page[] = "/setup/secur/RemoteAccessErrorPage.apexp?";
	char url[SF_ORIGIN_SIZE + sizeof(page)] = "";
	struct sf_text front = SF_TEXT(url);
	const char *mark = memchr(text, '?', (size_t)(end - text)), *path = NULL;

	if (!mark || !sf_text_add_bytes(&front, text, (size_t)(mark + 1 - text)) ||
	    !sf_origin_holds(params->issuer, url, &path) || strcmp(path, page) != 0)
		return NULL;
	return mark + 1;
}

/* Read a refusal from an error page. It has no state of ours, so it can only end the sign-in. */
static void read_error_page(const char *query, const char *end, struct sf_callback *callback)
{
	struct parameters parameters = {0};

	*callback = (struct sf_callback){
	    .kind = SF_CALLBACK_FOREIGN, .why = "an error page without an error"};
	read_parameters(query, (size_t)(end - query), &parameters);
	if (parameters.error.count == 1)
		read_refusal(&parameters, callback);
}

enum sf_err sf_callback_paste(const struct sf_callback_params *params,
    const struct sf_secret *pasted, struct sf_callback *ret_callback, struct sf_error *e)
{
	static const char blank[] = " \t\r\n";
	const char *text = sf_secret_reveal(pasted), *end = text + sf_secret_len(pasted);
	const char *address = params->address, *scheme = strstr(address, "://"), *page;
	size_t address_len;
	/* If the registered callback has a query itself, Salesforce appends with "&". */
	char mark = strchr(params->address, '?') ? '&' : '?';

	while (text < end && memchr(blank, *text, sizeof(blank) - 1))
		text++;
	while (end > text && memchr(blank, end[-1], sizeof(blank) - 1))
		end--;
	page = find_error_page(params, text, end);
	if (page) {
		read_error_page(page, end, ret_callback);
		return SF_OK;
	}
	/* Browsers hide the scheme, and some leave it out of what is copied. */
	if (scheme && strncmp(text, "http", strlen("http")) != 0)
		address = scheme + strlen("://");
	address_len = strlen(address);
	if ((size_t)(end - text) <= address_len || memcmp(text, address, address_len) != 0 ||
	    text[address_len] != mark) {
		*ret_callback = (struct sf_callback){
		    .kind = SF_CALLBACK_FOREIGN, .why = "it does not begin with the callback"};
		return SF_OK;
	}
	text += address_len + 1;

	const char *fragment = memchr(text, '#', (size_t)(end - text));

	return sf_callback_query(
	    params, text, (size_t)((fragment ? fragment : end) - text), ret_callback, e);
}
