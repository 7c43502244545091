/*
 * Fuzzes the token parser with any bytes as a stored token. It must refuse them, or give the same
 * bytes when it formats the token; git's output for the token must parse as this token.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gitcred.h"
#include "text.h"
#include "token.h"

#include "banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void try_answer(const struct sf_token *token)
{
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred back = {.password = NULL};
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	const struct sf_gitcred plain = {.password = NULL}; /* of a git without capabilities */
	struct sf_error e;

	if (sf_gitcred_output(&plain, token, &text, &e) != SF_OK) {
		require(!token->access_token);
		return;
	}
	require(sf_gitcred_parse(sf_secret_reveal(text), sf_secret_len(text), &back, &e) == SF_OK);
	require(sf_secret_equal(back.password, token->access_token));
	require(back.too_long || strcmp(back.username, token->username) == 0);
}

static void try_questions(const struct sf_token *token)
{
	static const char full[] = "https://b.example:443";
	SF_CLEANUP(sf_token_freep) struct sf_token *copy = sf_token_copy(token);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	struct sf_error e;
	int64_t at = (int64_t)(token->expires_at & INT64_MAX);

	require(!copy || strcmp(copy->username, token->username) == 0);
	require(sf_token_life_s(token, at) == 0 || (uint64_t)at < token->expires_at);
	require(!token->access_token || token->expires_at == 0 || sf_token_life_s(token, -1) > 0);
	require(!sf_token_has_scope(token, ""));
	if (sf_token_has_scope(token, "api"))
		require(strstr(token->scope, "api") || strstr(token->scope, "full"));
	if (sf_token_has_scope(token, "refresh_token"))
		require(strstr(token->scope, "refresh_token"));
	require(sf_token_is_for(token, token->origin));
	require(sf_text_starts(sf_token_api_origin(token), "https://"));
	if (!copy)
		return;
	/* Without a token inside, or with a line end in a value, it cannot be stored. */
	copy->username[0] = '\n';
	require(sf_token_format(copy, &stored, &e) == SF_E_BUG);
	memcpy(copy->username, token->username, sizeof(copy->username));
	copy->access_token = sf_secret_free(copy->access_token);
	copy->refresh_token = sf_secret_free(copy->refresh_token);
	require(sf_token_format(copy, &stored, &e) == SF_E_BUG);
	/* One more than fits: the token's own origin may be among them and takes no place. */
	for (size_t i = 0; i <= SF_TOKEN_ALSO_MAX; i++) {
		char origin[] = "https://a0.example:443";

		origin[9] = (char)('0' + i);
		(void)!sf_token_add_also(copy, origin);
	}
	/* Then it is full, and takes only what it has. */
	require(sf_token_is_for(copy, full) || !sf_token_add_also(copy, full));
	require(copy->also_count == 0 || sf_token_add_also(copy, copy->also[0]));
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
	require(!sf_token_is_for(token, ""));
	require(sf_token_format(token, &again, &e) == SF_OK);
	require(sf_secret_equal(stored, again));
	try_answer(token);
	try_questions(token);
	return 0;
}
