/*
 * Pending tokens as kernel keys: name, payload, life. Decides nothing about when a token becomes
 * pending; session_save.c does.
 */
#include "store_pending.h"

#include <string.h>
#include <unistd.h>

#include "keyctl.h"
#include "target.h"
#include "text.h"

#include "banned.h"

#define NAME_SIZE SF_STORE_PENDING_NAME_SIZE
#define USERS_MAX 16

static bool name_of(char ret[static NAME_SIZE], const char *key, const char *user)
{
	struct sf_text text = sf_text_over(ret, NAME_SIZE);

	return sf_text_addf(&text, SF_KEYCTL_PENDING "%s#%s", key, user);
}

void sf_store_pending_park(
    const struct sf_target *target, const char *user, char ret[static NAME_SIZE])
{
	if (!target->org->is_kernel_cache || geteuid() == 0 ||
	    !name_of(ret, target->app_key, user) || !sf_text_is_printable(ret))
		ret[0] = '\0';
}

enum sf_err sf_store_pending_put(
    const char *key, const struct sf_token *token, bool *ret_pending, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	char name[NAME_SIZE];
	enum sf_err r = sf_token_format(token, &stored, e);

	*ret_pending = false;
	if (r != SF_OK)
		return r;
	if (!name_of(name, key, token->username))
		return SF_FAIL(e, SF_E_BUG, 0, "the name of a pending key does not fit");
	const long made = sf_keyctl_make(
	    name, sf_secret_reveal(stored), sf_secret_len(stored), SF_KEYCTL_PENDING_LIFE_S);
	if (made == SF_KEYCTL_NONE)
		return SF_OK;
	*ret_pending = sf_keyctl_link(made);
	sf_keyctl_forget(made);
	return SF_OK;
}

static enum sf_err read_pending(
    const char *key, const char *user, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_keyctl_payload_wipe) struct sf_keyctl_payload payload;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	char name[NAME_SIZE];
	bool is_ours = false;
	long found;
	enum sf_err r;

	if (!name_of(name, key, user))
		return SF_OK;
	found = sf_keyctl_find(name);
	if (found <= 0 || !sf_keyctl_read(found, &payload))
		return SF_OK;
	stored = sf_secret_from(payload.bytes, payload.len);
	if (!stored)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a pending token");
	r = sf_token_parse(stored, &is_ours, &token, e);
	if (r == SF_OK && is_ours && token->refresh_token && strcmp(token->username, user) == 0 &&
	    sf_text_ends(key, token->origin))
		*ret_token = SF_TAKE(token);
	return r;
}

enum sf_err sf_store_pending_get(
    const char *key, const char *user, struct sf_token **ret_token, struct sf_error *e)
{
	char users[USERS_MAX][SF_TOKEN_USERNAME_SIZE];
	char prefix[NAME_SIZE];
	size_t count = 0;
	enum sf_err r = SF_OK;

	*ret_token = NULL;
	if (name_of(prefix, key, ""))
		count = sf_keyctl_list(prefix, users, USERS_MAX);
	for (size_t i = 0; r == SF_OK && !*ret_token && i < count; i++) {
		if (!user || sf_text_equal_nocase(user, users[i]))
			r = read_pending(key, users[i], ret_token, e);
	}
	return r;
}

void sf_store_pending_drop(const char *key, const char *user)
{
	char name[NAME_SIZE];
	const long found = name_of(name, key, user) ? sf_keyctl_find(name) : SF_KEYCTL_NONE;

	if (found > 0)
		(void)sf_keyctl_unlink(found);
}
