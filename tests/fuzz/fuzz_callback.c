/*
 * Fuzzes the callback parser with any bytes as query and as pasted URL. A callback that is accepted
 * as ours must have our state, and either one printable code or one error.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "callback.h"
#include "text.h"

#include "banned.h"

#define STATE "S-tate_43"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_ours(const struct sf_callback *callback)
{
	switch (callback->kind) {
	case SF_CALLBACK_FOREIGN:
		require(callback->why && !callback->code);
		break;
	case SF_CALLBACK_CODE:
		require(sf_secret_len(callback->code) > 0 &&
			sf_secret_len(callback->code) <= SF_CALLBACK_CODE_MAX);
		require(sf_text_is_printable(sf_secret_reveal(callback->code)) &&
			!strchr(sf_secret_reveal(callback->code), ' '));
		require(strlen(sf_secret_reveal(callback->code)) == sf_secret_len(callback->code));
		break;
	case SF_CALLBACK_REFUSAL:
		require(!callback->code);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sf_origin issuer = {.host = "acme.my.salesforce.com",
	    .port = 443,
	    .text = "https://acme.my.salesforce.com:443"};
	SF_CLEANUP(sf_secret_freep) struct sf_secret *state = sf_secret_from(STATE, strlen(STATE));
	SF_CLEANUP(sf_secret_freep) struct sf_secret *pasted = sf_secret_from(data, size);
	SF_CLEANUP(sf_callback_clear) struct sf_callback query = {0}, paste = {0}, other = {0};
	struct sf_callback_params params = {
	    .address = "http://localhost:1717/x", .state = state, .issuer = &issuer};
	struct sf_error e;

	require(state && pasted);
	require(sf_callback_query(&params, (const char *)data, size, &query, &e) == SF_OK);
	require_ours(&query);
	require(sf_callback_paste(&params, pasted, &paste, &e) == SF_OK);
	require_ours(&paste);
	if (query.kind != SF_CALLBACK_FOREIGN)
		require(size >= strlen(STATE));
	params.address = "https://acme.example/x?y=1";
	require(sf_callback_paste(&params, pasted, &other, &e) == SF_OK);
	require_ours(&other);
	/* One text does not begin with both. */
	require(paste.kind == SF_CALLBACK_FOREIGN || other.kind == SF_CALLBACK_FOREIGN);
	return 0;
}
