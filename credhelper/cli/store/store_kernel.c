/*
 * The kernel row: access tokens in the user keyring of the kernel, over kernel_token.h. Holds no
 * refresh token: every process of the same uid can read this keyring.
 */
#include "store.h"

#include <string.h>

#include "kernel_token.h"
#include "text.h"

#include "banned.h"

/* Append the token of user, if there is one and it is not in the list yet. */
static enum sf_err add(const struct sf_store_params *params, const char *user,
    struct sf_store_found *found, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	enum sf_err r = sf_kernel_token_get(params->key, params->app, user, &token, e);

	if (r != SF_OK || !token || found->count == SF_STORE_FOUND_MAX)
		return r;
	/* The key's alias may name a token of another origin: of an org behind a login host. */
	if (strcmp(token->origin, params->key) != 0)
		return SF_OK;
	for (size_t i = 0; i < found->count; i++) {
		if (strcmp(found->tokens[i]->username, token->username) == 0)
			return SF_OK;
	}
	found->tokens[found->count++] = SF_TAKE(token);
	return SF_OK;
}

enum sf_err sf_store_kernel_find(
    const struct sf_store_params *params, struct sf_store_found *ret_found, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	char users[SF_STORE_FOUND_MAX][SF_TOKEN_USERNAME_SIZE];
	size_t user_count = 0;
	enum sf_err r;

	if (!params->has_kernel) {
		*ret_found = (struct sf_store_found){.state = SF_STORE_ABSENT};
		return SF_OK;
	}
	r = add(params, params->user, &found, e);
	if (!params->user && params->wants_all)
		user_count =
		    sf_kernel_token_users(params->key, params->app, users, SF_COUNT(users));
	for (size_t i = 0; r == SF_OK && i < user_count; i++)
		r = add(params, users[i], &found, e);
	if (r != SF_OK)
		return r;
	found.state = found.count == 0 ? SF_STORE_NONE : SF_STORE_DONE;
	*ret_found = found;
	memset(&found, 0, sizeof(found));
	return SF_OK;
}

/* The refresh token is left out: other programs of the same uid can read this keyring. */
enum sf_err sf_store_kernel_put(const struct sf_store_params *params, const struct sf_token *token,
    enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *bare = NULL;
	bool is_stored = false;
	enum sf_err r;

	*ret_state = SF_STORE_ABSENT;
	if (!params->has_kernel)
		return SF_OK;
	bare = sf_token_copy(token);
	if (strcmp(params->key, token->origin) != 0 || strcmp(params->app, token->app) != 0)
		return SF_FAIL(
		    e, SF_E_BUG, 0, "a token of another origin or app for %s", params->key);
	if (!bare)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	bare->refresh_token = sf_secret_free(bare->refresh_token);
	const bool is_default =
	    !params->default_user || sf_text_equal_nocase(params->default_user, token->username);
	if (!is_default)
		r = sf_kernel_token_put_aside(bare, &is_stored, e);
	else if (params->has_own_git)
		r = sf_kernel_token_put(bare, &is_stored, e);
	else
		r = sf_kernel_token_put_app(bare, &is_stored, e);
	if (r != SF_OK)
		return r;
	if (is_stored)
		*ret_state = SF_STORE_DONE;
	return SF_OK;
}

enum sf_err sf_store_kernel_erase(
    const struct sf_store_params *params, enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;

	*ret_state = params->has_kernel ? SF_STORE_NONE : SF_STORE_ABSENT;
	if (!params->has_kernel)
		return SF_OK;
	/* Each round removes the token that the alias names. The bound is for a kernel that
	 * refuses the removal. */
	for (int i = 0; i < SF_STORE_FOUND_MAX; i++) {
		sf_token_freep(&token);
		enum sf_err r =
		    sf_kernel_token_get(params->key, params->app, params->user, &token, e);
		if (r != SF_OK)
			return r;
		if (!token)
			return SF_OK;
		sf_kernel_token_drop(params->key, token->app, token->username, token->generation);
		*ret_state = SF_STORE_DONE;
	}
	return SF_OK;
}

enum sf_err sf_store_kernel_drop(
    const struct sf_store_params *params, const struct sf_token *token, struct sf_error *e)
{
	(void)e;
	if (params->has_kernel)
		sf_kernel_token_drop(params->key, token->app, token->username, token->generation);
	return SF_OK;
}
