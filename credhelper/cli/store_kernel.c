#include "store.h"

#include <string.h>

#include "hotkey.h"

#include "banned.h"

enum sf_err sf_store_kernel_find(
    const struct sf_store_ask *ask, struct sf_store_found *ret_found, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	const enum sf_err r = sf_hotkey_get(ask->key, ask->user, &token, e);

	if (r != SF_OK)
		return r;
	memset(ret_found, 0, sizeof(*ret_found));
	ret_found->state = token == NULL ? SF_STORE_NONE : SF_STORE_DONE;
	if (token != NULL)
		ret_found->tokens[ret_found->count++] = SF_TAKE(token);
	return SF_OK;
}

enum sf_err sf_store_kernel_put(const struct sf_store_ask *ask, const struct sf_token *token,
    enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *bare = sf_token_copy(token);
	bool is_stored = false;
	enum sf_err r;

	if (strcmp(ask->key, token->origin) != 0)
		return SF_FAIL(e, SF_E_BUG, 0, "a token of another origin for %s", ask->key);
	if (bare == NULL)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	bare->refresh_token = sf_secret_free(bare->refresh_token);
	r = sf_hotkey_put(bare, &is_stored, e);
	if (r != SF_OK)
		return r;
	*ret_state = is_stored ? SF_STORE_DONE : SF_STORE_ABSENT;
	return SF_OK;
}

enum sf_err sf_store_kernel_erase(
    const struct sf_store_ask *ask, enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;

	*ret_state = SF_STORE_NONE;
	/* Each round removes the one that the alias names; a bound, should the kernel refuse. */
	for (int i = 0; i < SF_STORE_FOUND_MAX; i++) {
		sf_token_freep(&token);
		const enum sf_err r = sf_hotkey_get(ask->key, ask->user, &token, e);
		if (r != SF_OK)
			return r;
		if (token == NULL)
			return SF_OK;
		sf_hotkey_drop(ask->key, token->username, token->generation);
		*ret_state = SF_STORE_DONE;
	}
	return SF_OK;
}
