/*
 * git reported that an access token was refused: removes that token from every store. Leaves
 * refresh tokens and other access tokens in place.
 */
#include "session.h"

#include "file.h"
#include "state_lock.h"
#include "store_pending.h"

#include "banned.h"

/*
 * Remove the access token from the pending token too, which is in no row of stores. If the kernel
 * does not take the changed token, the old one stays: its refresh token is worth more than the
 * removal of a refused access token.
 */
static enum sf_err drop_from_pending(
    const struct sf_session *s, const struct sf_secret *presented, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	bool is_pending = false;
	enum sf_err r = sf_store_pending_get(s->target.app_key, s->target.user, &token, e);

	if (r != SF_OK || !token || !sf_secret_equal(presented, token->access_token))
		return r;
	r = sf_state_lock_try(
	    s->target.settings->home, s->target.app_key, token->username, &lock, e);
	if (r != SF_OK || lock < 0)
		return r;
	token->access_token = sf_secret_free(token->access_token);
	return sf_store_pending_put(s->target.app_key, token, &is_pending, e);
}

enum sf_err sf_session_erase(
    const struct sf_session *session, const struct sf_secret *presented, struct sf_error *e)
{
	const struct sf_store_params params = sf_store_ask_of(&session->target);

	for (int id = 0; id < SF_STORE_ID_COUNT; id++) {
		SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
		const struct sf_store *store = sf_store_row((enum sf_store_id)id);
		enum sf_err r = store->find(&params, &found, e);

		for (size_t i = 0; r == SF_OK && i < found.count; i++) {
			if (!sf_secret_equal(presented, found.tokens[i]->access_token))
				continue;
			r = store->drop(&params, found.tokens[i], e);
		}
		if (r != SF_OK)
			return r;
	}
	return drop_from_pending(session, presented, e);
}
