/*
 * Access tokens in the user keyring of the kernel: token keys and the aliases that name them. The
 * system calls are in keyctl.c. Another process of the user may change the keys at any time.
 */
#include "kernel_token.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "keyctl.h"
#include "text.h"

#include "banned.h"

#define TOKEN_PREFIX "sfoauth:token:"
#define ALIAS_PREFIX "sfoauth:alias:"
#define TAG_SIZE     18 /* of an app: 16 hex digits, "#" and a NUL */
#define NAME_SIZE    (sizeof(TOKEN_PREFIX) + SF_ORIGIN_SIZE + TAG_SIZE + SF_TOKEN_USERNAME_SIZE)
#define ALIASES_MAX  (2 + SF_TOKEN_ALSO_MAX)
#define APPS_MAX     8 /* token keys of one origin that are looked at for a user of any app */
#define GET_TRIES    3 /* attempts of a get, if another process replaces the key meanwhile */

/* --- names --- */

/*
 * Append the hash of an app; nothing for "". If two apps have one hash, they replace each other's
 * key, but none gets the other's token: the app in the payload counts.
 */
static bool add_tag(struct sf_text *text, const char *app)
{
	return app[0] == '\0' || sf_text_addf(text, "#%016" PRIx64, sf_text_hash(app, ""));
}

static bool name_token(
    char name[static NAME_SIZE], const char *origin, const char *app, const char *username)
{
	struct sf_text text = sf_text_over(name, NAME_SIZE);

	return sf_text_addf(&text, TOKEN_PREFIX "%s", origin) && add_tag(&text, app) &&
	       sf_text_addf(&text, "#%s", username);
}

/* The alias of the origin; with an app that of the app. */
static bool name_alias(char name[static NAME_SIZE], const char *origin, const char *app)
{
	struct sf_text text = sf_text_over(name, NAME_SIZE);

	return sf_text_addf(&text, ALIAS_PREFIX "%s", origin) && add_tag(&text, app);
}

/*
 * The name of the index-th alias of a token: 0 is that of its app, the others are those of the
 * origins that may receive it, its own first. False: it has no such alias.
 */
static bool name_nth_alias(char name[static NAME_SIZE], const struct sf_token *token, size_t index)
{
	if (index == 0)
		return token->app[0] != '\0' && name_alias(name, token->origin, token->app);
	return name_alias(name, index == 1 ? token->origin : token->also[index - 2], "");
}

/* --- put --- */

/* The keys of one put. Until link_keys, only this process sees them. */
struct keys {
	long token;
	long aliases[ALIASES_MAX];
	size_t alias_count;
};

/* Remove the keys from the process keyring. Those that are not linked elsewhere disappear. */
static void forget_keys(struct keys *keys)
{
	if (keys->token > 0)
		sf_keyctl_forget(keys->token);
	for (size_t i = 0; i < keys->alias_count; i++)
		sf_keyctl_forget(keys->aliases[i]);
}

/* Which aliases a put makes. */
enum aliases { NO_ALIAS, OF_APP, OF_APP_AND_ORIGINS };

/* Make the token key and its aliases. False: the kernel refuses one, or the token has expired. */
static bool make_keys(const struct sf_token *token, const struct sf_secret *stored,
    enum aliases aliases, struct keys *keys)
{
	const uint32_t life_s = sf_token_life_s(token, sf_clock_wall_s());
	const size_t count[] = {
	    [NO_ALIAS] = 0, [OF_APP] = 1, [OF_APP_AND_ORIGINS] = 2 + token->also_count};
	char name[NAME_SIZE], alias[NAME_SIZE];

	/* 0 would mean that the key never expires. */
	if (life_s == 0 || !name_token(name, token->origin, token->app, token->username))
		return false;
	keys->token = sf_keyctl_make(name, sf_secret_reveal(stored), sf_secret_len(stored), life_s);
	if (keys->token <= 0)
		return false;
	for (size_t i = 0; i < count[aliases]; i++) {
		if (!name_nth_alias(alias, token, i))
			continue;

		long key = sf_keyctl_make(alias, name, strlen(name), life_s);

		if (key <= 0)
			return false;
		keys->aliases[keys->alias_count++] = key;
	}
	return true;
}

/*
 * Link the keys into the user keyring, where each replaces the key of the same name. The token key
 * comes first, so that an alias never names a missing key. All keys or none remain linked.
 */
static bool link_keys(const struct keys *keys)
{
	size_t linked = 0;
	bool all = sf_keyctl_link(keys->token);

	while (all && linked < keys->alias_count) {
		all = sf_keyctl_link(keys->aliases[linked]);
		linked += all;
	}
	if (all)
		return true;
	sf_keyctl_unlink(keys->token);
	for (size_t i = 0; i < linked; i++)
		sf_keyctl_unlink(keys->aliases[i]);
	return false;
}

/* sf_kernel_token_put, with these aliases. */
static enum sf_err put(
    const struct sf_token *token, enum aliases aliases, bool *ret_stored, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	SF_CLEANUP(forget_keys) struct keys keys = {0};
	struct sf_token bare = *token; /* borrows the access token */

	*ret_stored = false;
	if (token->username[0] == '\0')
		return SF_FAIL(e, SF_E_BUG, 0, "a token without a username cannot be a kernel key");
	if (sf_token_life_s(token, sf_clock_wall_s()) == 0)
		return SF_OK;
	bare.refresh_token = NULL;

	enum sf_err r = sf_token_format(&bare, &stored, e);

	if (r != SF_OK)
		return r;
	*ret_stored = make_keys(token, stored, aliases, &keys) && link_keys(&keys);
	return SF_OK;
}

enum sf_err sf_kernel_token_put(const struct sf_token *token, bool *ret_stored, struct sf_error *e)
{
	return put(token, OF_APP_AND_ORIGINS, ret_stored, e);
}

enum sf_err sf_kernel_token_put_app(
    const struct sf_token *token, bool *ret_stored, struct sf_error *e)
{
	return put(token, OF_APP, ret_stored, e);
}

enum sf_err sf_kernel_token_put_aside(
    const struct sf_token *token, bool *ret_stored, struct sf_error *e)
{
	return put(token, NO_ALIAS, ret_stored, e);
}

/* --- get --- */

/* A token key that was found: serial number, name and token. */
struct found {
	long key; /* SF_KEYCTL_NONE: no usable key */
	char name[NAME_SIZE];
	struct sf_token *token;
};

static void clear_found(struct found *found)
{
	found->token = sf_token_free(found->token);
	found->key = SF_KEYCTL_NONE;
}

/* Read the name of the token key that an alias has as payload. False: there is none. */
static bool read_alias(const char *alias, char ret_name[static NAME_SIZE], long *ret_alias)
{
	SF_CLEANUP(sf_keyctl_payload_wipe) struct sf_keyctl_payload payload;

	*ret_alias = sf_keyctl_find(alias);
	if (*ret_alias <= 0 || !sf_keyctl_read(*ret_alias, &payload) || payload.len >= NAME_SIZE ||
	    memchr(payload.bytes, '\0', payload.len))
		return false;
	memcpy(ret_name, payload.bytes, payload.len);
	ret_name[payload.len] = '\0';
	return sf_text_starts(ret_name, TOKEN_PREFIX);
}

/*
 * Read the key found->name. Its payload must be a token that has not expired and whose origin, app
 * and username make this name: another process of the user could have stored it under a wrong one.
 * *ret_again: the key disappeared while it was read, as when another process stores a new token.
 */
static enum sf_err read_token(struct found *found, bool *ret_again, struct sf_error *e)
{
	SF_CLEANUP(sf_keyctl_payload_wipe) struct sf_keyctl_payload payload;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	char name[NAME_SIZE];
	long key = sf_keyctl_find(found->name);
	bool ours = false;

	*ret_again = false;
	if (key <= 0)
		return SF_OK;
	if (!sf_keyctl_read(key, &payload)) {
		*ret_again = true;
		return SF_OK;
	}
	stored = sf_secret_from(payload.bytes, payload.len);
	if (!stored)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");

	enum sf_err r = sf_token_parse(stored, &ours, &token, e);

	if (r != SF_OK || !ours)
		return r;
	if (sf_token_life_s(token, sf_clock_wall_s()) == 0 ||
	    !name_token(name, token->origin, token->app, token->username) ||
	    strcmp(name, found->name) != 0)
		return SF_OK;
	found->key = key;
	found->token = SF_TAKE(token);
	return SF_OK;
}

/* Whose token is looked for: the parameters of sf_kernel_token_get. */
struct wanted {
	const char *origin, *app, *username;
};

/* Is a token the one that is wanted? Its origin may be another one, if the alias names it. */
static bool is_wanted(const struct wanted *wanted, const struct sf_token *token)
{
	return sf_token_is_for(token, wanted->origin) &&
	       (!wanted->app || strcmp(token->app, wanted->app) == 0) &&
	       (!wanted->username || sf_text_equal_nocase(token->username, wanted->username));
}

/*
 * Name the token key of a user. With any app, the user must have a key for one alone: which app's
 * token is right for a second one, only the configuration says.
 */
static bool name_users_token(char name[static NAME_SIZE], const struct wanted *wanted)
{
	char rests[APPS_MAX][SF_TOKEN_USERNAME_SIZE];
	size_t count, hits = 0, hit = 0;

	if (wanted->app)
		return name_token(name, wanted->origin, wanted->app, wanted->username);
	if (!name_token(name, wanted->origin, "", ""))
		return false;
	count = sf_keyctl_list(name, rests, APPS_MAX);
	for (size_t i = 0; i < count; i++) {
		const char *tail = strchr(rests[i], '#');

		if (strcmp(rests[i], wanted->username) != 0 &&
		    (!tail || strcmp(tail + 1, wanted->username) != 0))
			continue;
		hits++;
		hit = i;
	}
	return hits == 1 && count < APPS_MAX && name_token(name, wanted->origin, "", rests[hit]);
}

/* Try once: the token that the alias names; if that is not the user's, the user's own key. */
static enum sf_err find_token_once(
    const struct wanted *wanted, struct found *found, bool *ret_again, struct sf_error *e)
{
	bool again_alias = false, again_name = false;
	char alias_name[NAME_SIZE];
	long alias = SF_KEYCTL_NONE;
	enum sf_err r = SF_OK;

	if (name_alias(alias_name, wanted->origin, wanted->app ? wanted->app : "") &&
	    read_alias(alias_name, found->name, &alias))
		r = read_token(found, &again_alias, e);
	if (r != SF_OK)
		return r;
	if (found->token && !is_wanted(wanted, found->token))
		clear_found(found);
	if (!found->token && wanted->username && name_users_token(found->name, wanted))
		r = read_token(found, &again_name, e);
	if (found->token && !is_wanted(wanted, found->token))
		clear_found(found);
	*ret_again = !found->token && (again_alias || again_name);
	return r;
}

/* Find the token for an origin. found->token is NULL if there is none. */
static enum sf_err find_token(const struct wanted *wanted, struct found *found, struct sf_error *e)
{
	bool again = true;
	enum sf_err r = SF_OK;

	for (int i = 0; r == SF_OK && again && i < GET_TRIES; i++)
		r = find_token_once(wanted, found, &again, e);
	return r;
}

enum sf_err sf_kernel_token_get(const char *origin, const char *app, const char *username,
    struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(clear_found) struct found found = {0};
	enum sf_err r = find_token(&(struct wanted){origin, app, username}, &found, e);

	if (r == SF_OK)
		*ret_token = SF_TAKE(found.token);
	return r;
}

/* --- users --- */

size_t sf_kernel_token_users(
    const char *origin, const char *app, char (*ret_users)[SF_TOKEN_USERNAME_SIZE], size_t max)
{
	char prefix[NAME_SIZE];

	return name_token(prefix, origin, app, "") ? sf_keyctl_list(prefix, ret_users, max) : 0;
}

/* --- drop --- */

/*
 * Keys are unlinked by serial number, not by name, so that a key that another process stores under
 * the same name meanwhile remains.
 */
void sf_kernel_token_drop(
    const char *origin, const char *app, const char *username, const char *generation)
{
	SF_CLEANUP(clear_found) struct found found = {0};
	struct sf_error ignored;
	long aliases[ALIASES_MAX] = {SF_KEYCTL_NONE};
	size_t alias_count = 2;
	char target[NAME_SIZE], alias[NAME_SIZE];

	if (find_token(&(struct wanted){origin, app, username}, &found, &ignored) != SF_OK)
		return;
	if (found.token) {
		if (generation && strcmp(found.token->generation, generation) != 0)
			return;
		alias_count += found.token->also_count;
	} else if (generation) {
		return;
	} else {
		/* A payload that is no token, or one that has expired, is dropped as well. */
		if (!username || !name_token(found.name, origin, app, username))
			return;
		found.key = sf_keyctl_find(found.name);
	}
	for (size_t i = 0; i < alias_count; i++) {
		const bool is_named = found.token ? name_nth_alias(alias, found.token, i)
						  : name_alias(alias, origin, i == 0 ? app : "");

		if (!is_named || !read_alias(alias, target, &aliases[i]) ||
		    strcmp(target, found.name) != 0)
			aliases[i] = SF_KEYCTL_NONE;
	}
	if (found.key > 0 && !sf_keyctl_unlink(found.key))
		return;
	for (size_t i = 0; i < alias_count; i++)
		if (aliases[i] > 0)
			sf_keyctl_unlink(aliases[i]);
}
