/* A callback of the authorization server, taken apart and compared with what is expected. */
#include "callback.h"

#include <stdbool.h>
#include <string.h>

#include "form.h"
#include "text.h"

#include "banned.h"

#define VALUE_SIZE (SF_CALLBACK_CODE_MAX + 1)

void sf_callback_clear(struct sf_callback *callback)
{
	callback->code = sf_secret_free(callback->code);
}

/* What the query has of each parameter that counts. */
struct parameters {
	struct {
		const char *value; /* encoded, in the query */
		size_t len, count;
	} code, state, error, description, issuer;
};

#define TAKE(parameters, field, name)                                                              \
	if (key_len == strlen(name) && memcmp(at, name, key_len) == 0) {                           \
		(parameters)->field.value = value;                                                 \
		(parameters)->field.len = value_len;                                               \
		(parameters)->field.count++;                                                       \
	}

static void split(const char *query, size_t len, struct parameters *ret)
{
	const char *end = query + len;

	for (const char *at = query; at < end;) {
		const char *amp = memchr(at, '&', (size_t)(end - at));
		const char *stop = amp ? amp : end;
		const char *equals = memchr(at, '=', (size_t)(stop - at));
		size_t key_len = (size_t)((equals ? equals : stop) - at);
		const char *value = equals ? equals + 1 : stop;
		size_t value_len = (size_t)(stop - value);

		TAKE(ret, code, "code")
		TAKE(ret, state, "state")
		TAKE(ret, error, "error")
		TAKE(ret, description, "error_description")
		TAKE(ret, issuer, "iss")
		at = stop + (amp != NULL);
	}
}

/* In constant time: who tries states must not learn how far one fits. */
static enum sf_err is_state(const struct sf_callback_params *params,
    const struct parameters *parameters, char value[static VALUE_SIZE], bool *ret_is,
    struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *given = NULL;

	*ret_is = false;
	if (parameters->state.count != 1 ||
	    sf_form_decode(parameters->state.value, parameters->state.len, value, VALUE_SIZE) !=
		SF_FORM_VALUE_WHOLE)
		return SF_OK;
	given = sf_secret_from(value, strlen(value));
	if (!given)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a state");
	*ret_is = sf_secret_equal(params->state, given);
	return SF_OK;
}

static bool is_issuer(const struct sf_callback_params *params, const struct parameters *parameters,
    char value[static VALUE_SIZE])
{
	const char *path = NULL;

	if (parameters->issuer.count == 0)
		return true;
	return parameters->issuer.count == 1 &&
	       sf_form_decode(parameters->issuer.value, parameters->issuer.len, value,
		   VALUE_SIZE) == SF_FORM_VALUE_WHOLE &&
	       sf_origin_holds(params->issuer, value, &path) && path[0] == '\0';
}

static enum sf_err take_code(const struct parameters *parameters, char value[static VALUE_SIZE],
    struct sf_callback *callback, struct sf_error *e)
{
	if (sf_form_decode(parameters->code.value, parameters->code.len, value, VALUE_SIZE) !=
		SF_FORM_VALUE_WHOLE ||
	    !sf_text_is_printable(value) || strchr(value, ' ')) {
		callback->why = "the code is empty, too long or not a word";
		return SF_OK;
	}
	callback->code = sf_secret_from(value, strlen(value));
	if (!callback->code)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a code");
	callback->kind = SF_CALLBACK_CODE;
	return SF_OK;
}

/* The words may be cut or broken: they are only words. */
static void take_refusal(const struct parameters *parameters, struct sf_callback *callback)
{
	if (sf_form_decode(parameters->error.value, parameters->error.len, callback->error,
		sizeof(callback->error)) != SF_FORM_VALUE_WHOLE)
		callback->error[0] = '\0';
	if (parameters->description.count == 1)
		(void)sf_form_decode(parameters->description.value, parameters->description.len,
		    callback->description, sizeof(callback->description));
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
		split(query, len, &parameters);
	if (!callback.why)
		r = is_state(params, &parameters, value, &is_ours, e);
	if (r == SF_OK && !callback.why && !is_ours)
		callback.why = "the state is missing, twice there or not ours";
	else if (r == SF_OK && !callback.why && !is_issuer(params, &parameters, value))
		callback.why = "it is from another issuer";
	else if (r == SF_OK && !callback.why && parameters.code.count + parameters.error.count != 1)
		callback.why = "there is not exactly one code or error";
	else if (r == SF_OK && !callback.why && parameters.code.count == 1)
		r = take_code(&parameters, value, &callback, e);
	else if (r == SF_OK && !callback.why)
		take_refusal(&parameters, &callback);
	sf_secret_wipe(value, sizeof(value));
	if (r == SF_OK)
		*ret_callback = callback;
	return r;
}

enum sf_err sf_callback_paste(const struct sf_callback_params *params,
    const struct sf_secret *pasted, struct sf_callback *ret_callback, struct sf_error *e)
{
	static const char blank[] = " \t\r\n";
	const char *text = sf_secret_reveal(pasted), *end = text + sf_secret_len(pasted);
	size_t address_len = strlen(params->address);
	/* An address registered with a query of its own gets ours behind it. */
	char mark = strchr(params->address, '?') ? '&' : '?';

	while (text < end && memchr(blank, *text, sizeof(blank) - 1))
		text++;
	while (end > text && memchr(blank, end[-1], sizeof(blank) - 1))
		end--;
	if ((size_t)(end - text) <= address_len ||
	    memcmp(text, params->address, address_len) != 0 || text[address_len] != mark) {
		*ret_callback = (struct sf_callback){
		    .kind = SF_CALLBACK_FOREIGN, .why = "it does not begin with the callback"};
		return SF_OK;
	}
	text += address_len + 1;

	const char *fragment = memchr(text, '#', (size_t)(end - text));

	return sf_callback_query(
	    params, text, (size_t)((fragment ? fragment : end) - text), ret_callback, e);
}
