/* Any bytes as a stored token: not ours, or written back byte for byte. */
#include <stdint.h>
#include <stdlib.h>

#include "token.h"

#include "banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = sf_secret_from(data, size);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *again = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error e;
	bool ours = false;

	if (!stored)
		return 0;
	require(sf_token_parse(stored, &ours, &token, &e) == SF_OK);
	require(ours == (token != NULL));
	if (!ours)
		return 0;
	require(sf_token_format(token, &again, &e) == SF_OK);
	require(sf_secret_equal(stored, again));
	require(sf_token_is_for(token, token->origin));
	(void)sf_token_api_origin(token);
	return 0;
}
