/* Moves what older versions stored in the kernel keyring. Reads no other store. */
#include "store_old.h"

#include <stdbool.h>

#include "kernel_token.h"
#include "store.h"
#include "store_pending.h"
#include "text.h"

#include "banned.h"

/* A pending token under the new name is newer than any that an older version left. */
static bool move_pending(const struct sf_target *target, struct sf_token *token)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *newer = NULL;
	struct sf_error e;
	bool is_moved = false;

	if (token->app[0] != '\0' ||
	    sf_store_pending_get(target->app_key, token->username, &newer, &e) != SF_OK)
		return false;
	if (!newer &&
	    (!sf_text_copy(token->app, sizeof(token->app), target->app) ||
		sf_store_pending_put(target->app_key, token, &is_moved, &e) != SF_OK || !is_moved))
		return false;
	sf_store_pending_drop(target->key, token->username);
	return true;
}

/* Write the token of an older version under the new name, then erase the old key. */
static bool move_kernel_token(const struct sf_target *target, const char *user)
{
	const struct sf_store_params params = sf_store_ask_of(target);
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	enum sf_store_state state;
	struct sf_error e;

	if (sf_kernel_token_get(target->key, "", user, &token, &e) != SF_OK || !token ||
	    !sf_text_copy(token->app, sizeof(token->app), target->app) ||
	    sf_store_row(SF_STORE_ID_kernel)->put(&params, token, &state, &e) != SF_OK ||
	    state != SF_STORE_DONE)
		return false;
	sf_kernel_token_drop(target->key, "", user, token->generation);
	return true;
}

void sf_store_old_move(const struct sf_target *target)
{
	char users[SF_STORE_FOUND_MAX][SF_TOKEN_USERNAME_SIZE];
	size_t count;
	struct sf_error ignored;

	if (!target->takes_old)
		return;
	for (int i = 0; i < SF_STORE_FOUND_MAX; i++) {
		SF_CLEANUP(sf_token_freep) struct sf_token *pending = NULL;

		if (sf_store_pending_get(target->key, NULL, &pending, &ignored) != SF_OK ||
		    !pending || !move_pending(target, pending))
			break;
	}
	if (!target->has_kernel)
		return;
	count = sf_kernel_token_users(target->key, "", users, SF_STORE_FOUND_MAX);
	for (size_t i = 0; i < count; i++)
		(void)!move_kernel_token(target, users[i]);
}
