/* The table of stores, and names and words for their states. Does no I/O. */
#include "store.h"

#include <string.h>

#include "messages.h"

#include "banned.h"

static const struct sf_store rows[] = {
#define SF_STORE(id, row_name, keeps, line)                                                        \
	[SF_STORE_ID_##id] = {                                                                     \
	    .name = row_name,                                                                      \
	    .keeps_refresh = keeps,                                                                \
	    .status_line = line,                                                                   \
	    .find = sf_store_##id##_find,                                                          \
	    .put = sf_store_##id##_put,                                                            \
	    .erase = sf_store_##id##_erase,                                                        \
	    .drop = sf_store_##id##_drop,                                                          \
	},
    SF_STORES(SF_STORE)
#undef SF_STORE
};

const struct sf_store *sf_store_row(enum sf_store_id id)
{
	return &rows[id];
}

const char *sf_store_state_name(enum sf_store_state state)
{
	switch (state) {
	case SF_STORE_DONE:
		return "ok";
	case SF_STORE_NONE:
		return "empty";
	case SF_STORE_LOCKED:
		return "locked";
	case SF_STORE_ABSENT:
		return "absent";
	case SF_STORE_SILENT:
		return "silent";
	}
	return "absent";
}

const char *sf_store_state_words(enum sf_store_state state)
{
	switch (state) {
	case SF_STORE_DONE:
		return sf_message_row(SF_MESSAGE_KEYRING_DONE);
	case SF_STORE_NONE:
		return sf_message_row(SF_MESSAGE_KEYRING_NONE);
	case SF_STORE_LOCKED:
		return sf_message_row(SF_MESSAGE_KEYRING_LOCKED);
	case SF_STORE_SILENT:
		return sf_message_row(SF_MESSAGE_KEYRING_SILENT);
	case SF_STORE_ABSENT:
		break;
	}
	return sf_message_row(SF_MESSAGE_KEYRING_ABSENT);
}

struct sf_store_params sf_store_ask_of(const struct sf_target *target)
{
	return (struct sf_store_params){
	    .settings = target->settings,
	    .key = target->key,
	    .app_key = target->app_key,
	    .app = target->app,
	    .takes_old = target->takes_old,
	    .has_own_git = target->has_own_git,
	    .user = target->user,
	    .default_user = target->default_user,
	    .has_kernel = target->has_kernel,
	    .may_prompt = target->may_unlock,
	};
}

void sf_store_found_clear(struct sf_store_found *found)
{
	for (size_t i = 0; i < found->count; i++)
		sf_token_free(found->tokens[i]);
	memset(found, 0, sizeof(*found));
}
