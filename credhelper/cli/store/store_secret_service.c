/*
 * The desktop keyring row: runs sfoauth-keyring for each call and reads its frames. libsecret is in
 * that program, not here.
 */
#include "store.h"

#include <stdint.h>
#include <string.h>

#include "clock.h"
#include "file.h"
#include "spawn.h"
#include "state_lock.h"
#include "text.h"
#include "wire.h"
#include "messages.h"

#include "banned.h"

#define SF_KEYRING_PROGRAM   SF_LIBEXECDIR "/sfoauth-keyring"
#define SF_KEYRING_ALONE_MS  3000 /* no dialog may appear */
#define SF_KEYRING_PERSON_MS (24 * 3600 * 1000)
#define SF_LABEL_SIZE        (SF_TOKEN_USERNAME_SIZE + SF_ORIGIN_HOST_SIZE + 64)

/* A running sfoauth-keyring. */
struct call {
	struct sf_child child;
	int64_t deadline_ms;
};

/*
 * Kill the program. A call to the Secret Service is never cancelled: gnome-keyring-daemon exits if
 * a call is cancelled while an unlock dialog is open.
 */
static void call_end(struct call *call)
{
	sf_child_killp(&call->child);
}

/* Begin a request of this type about the items that the parameters name, except for the user. */
static void begin_frame(
    struct sf_frame *frame, enum sf_wire_type type, const struct sf_store_params *params)
{
	sf_wire_begin(frame, type);
	sf_wire_put_text(frame, SF_TAG_ORIGIN, params->key);
	if (params->app && params->app[0] != '\0') {
		sf_wire_put_text(frame, SF_TAG_CLIENT_ID, params->app);
		sf_wire_put_flag(frame, SF_TAG_TAKES_OLD, params->takes_old);
	}
	sf_wire_put_flag(frame, SF_TAG_MAY_PROMPT, params->may_prompt);
}

/* Start the program and send the request. The caller ends *call, also on failure. */
static enum sf_err begin(const struct sf_store_params *params, const struct sf_frame *request,
    struct call *call, struct sf_error *e)
{
	const struct sf_spawn_params spawn = {
	    .path = SF_KEYRING_PROGRAM,
	    .environment = (const char *const *)params->settings->keyring_environment,
	    .fds = {-1, -1, -1, -1, -1},
	};
	enum sf_err r = sf_spawn(&spawn, &call->child, e);

	call->deadline_ms =
	    sf_clock_now_ms() + (params->may_prompt ? SF_KEYRING_PERSON_MS : SF_KEYRING_ALONE_MS);
	return r == SF_OK ? sf_wire_send(call->child.fd, request, call->deadline_ms, e) : r;
}

/* Receive one frame. The state is SILENT if none arrives before the deadline. */
static enum sf_err next(struct call *call, struct sf_frame *ret_frame,
    enum sf_store_state *ret_state, struct sf_error *e)
{
	enum sf_err r = sf_wire_recv(call->child.fd, call->deadline_ms, ret_frame, e);

	if (r == SF_E_UNAVAILABLE) {
		*ret_state = SF_STORE_SILENT;
		ret_frame->type = SF_WIRE_NO_KEYRING;
		return SF_OK;
	}
	if (r != SF_OK)
		return r;
	switch (ret_frame->type) {
	case SF_WIRE_ITEM:
	case SF_WIRE_DONE:
		*ret_state = SF_STORE_DONE;
		return SF_OK;
	case SF_WIRE_NONE:
		*ret_state = SF_STORE_NONE;
		return SF_OK;
	case SF_WIRE_LOCKED:
		*ret_state = SF_STORE_LOCKED;
		return SF_OK;
	case SF_WIRE_NO_KEYRING:
		*ret_state = SF_STORE_ABSENT;
		return SF_OK;
	case SF_WIRE_FAIL:
		return SF_FAIL_MESSAGE(e, SF_E_STORE, SF_MESSAGE_E_KEYRING_REFUSED, NULL);
	default:
		return SF_FAIL(e, SF_E_WORKER, 0, "sfoauth-keyring ended without an answer");
	}
}

/*
 * Which of two items of one user counts: one with a refresh token, else the newer one. There are
 * two if another program created one, because services also compare attributes that sfoauth does
 * not set.
 */
static bool is_better(const struct sf_token *token, const struct sf_token *than)
{
	if ((token->refresh_token != NULL) != (than->refresh_token != NULL))
		return token->refresh_token != NULL;
	return token->issued_at_ms > than->issued_at_ms;
}

/*
 * Insert the token before older ones of the same user; otherwise append it. The refresh token of an
 * older item may be rotated already, even if another program wrote that item last.
 */
static void add_newest_first(struct sf_store_found *found, struct sf_token *take_token)
{
	struct sf_token *rest = take_token;

	for (size_t i = 0; i < found->count; i++) {
		struct sf_token *token = found->tokens[i];

		if (!sf_text_equal_nocase(token->username, rest->username) ||
		    token->issued_at_ms >= rest->issued_at_ms)
			continue;
		found->tokens[i] = rest;
		rest = token;
	}
	found->tokens[found->count++] = rest;
}

/*
 * Parse an ITEM frame into *found. The token must have the origin, app and user of the item's
 * attributes, or another program could pass off its token as that of another org.
 */
static enum sf_err take_item(const struct sf_store_params *params, const struct sf_frame *frame,
    struct sf_store_found *found, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	char user[SF_TOKEN_USERNAME_SIZE];
	bool is_ours = false;
	enum sf_err r = sf_wire_text(frame, SF_TAG_USERNAME, user, sizeof(user), e);

	if (r == SF_OK)
		r = sf_wire_secret(frame, SF_TAG_TOKEN, &stored, e);
	if (r == SF_OK)
		r = sf_token_parse(stored, &is_ours, &token, e);
	if (r != SF_OK)
		return r;
	if (params->user && !sf_text_equal_nocase(params->user, user))
		return SF_OK;
	if (is_ours && params->app && params->takes_old && token->app[0] == '\0')
		(void)!sf_text_copy(token->app, sizeof(token->app), params->app);
	if (!is_ours || !sf_text_ends(params->key, token->origin) ||
	    (params->app && strcmp(token->app, params->app) != 0) ||
	    !sf_text_equal_nocase(token->username, user)) {
		found->foreign_count++;
		return SF_OK;
	}
	for (size_t i = 0; i < found->count; i++) {
		if (strcmp(found->tokens[i]->username, token->username) != 0)
			continue;
		if (is_better(token, found->tokens[i])) {
			sf_token_freep(&found->tokens[i]);
			found->tokens[i] = SF_TAKE(token);
		}
		return SF_OK;
	}
	if (found->count < SF_STORE_FOUND_MAX)
		add_newest_first(found, SF_TAKE(token));
	return SF_OK;
}

enum sf_err sf_store_secret_service_find(
    const struct sf_store_params *params, struct sf_store_found *ret_found, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	SF_CLEANUP(call_end) struct call call = {.child = {.fd = -1}};
	enum sf_err r;

	begin_frame(&frame, SF_WIRE_FIND, params);
	/* Without the user: services compare attributes with case, Salesforce usernames without. */
	memset(ret_found, 0, sizeof(*ret_found));
	ret_found->state = SF_STORE_ABSENT;
	if (!params->settings->has_bus)
		return SF_OK;
	r = begin(params, &frame, &call, e);
	while (r == SF_OK) {
		r = next(&call, &frame, &found.state, e);
		if (r == SF_OK && frame.type == SF_WIRE_ITEM)
			r = take_item(params, &frame, &found, e);
		else
			break;
	}
	if (r != SF_OK)
		return r;
	if (found.state == SF_STORE_DONE && found.count == 0)
		found.state = SF_STORE_NONE;
	*ret_found = found;
	memset(&found, 0, sizeof(found));
	return SF_OK;
}

/* One request that has one frame as its response. */
static enum sf_err ask_once(const struct sf_store_params *params, const struct sf_frame *request,
    enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame answer;
	SF_CLEANUP(call_end) struct call call = {.child = {.fd = -1}};
	enum sf_err r;

	*ret_state = SF_STORE_ABSENT;
	if (!params->settings->has_bus)
		return SF_OK;
	r = begin(params, request, &call, e);
	return r == SF_OK ? next(&call, &answer, ret_state, e) : r;
}

enum sf_err sf_store_secret_service_write(const struct sf_store_params *params, const char *label,
    const struct sf_secret *secret, enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;

	begin_frame(&frame, SF_WIRE_STORE, params);
	sf_wire_put_text(&frame, SF_TAG_USERNAME, params->user);
	sf_wire_put_text(&frame, SF_TAG_LABEL, label);
	sf_wire_put_secret(&frame, SF_TAG_TOKEN, secret);
	return ask_once(params, &frame, ret_state, e);
}

enum sf_err sf_store_secret_service_read(const struct sf_store_params *params,
    struct sf_secret **ret_secret, char ret_user[static SF_TOKEN_USERNAME_SIZE],
    enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	SF_CLEANUP(call_end) struct call call = {.child = {.fd = -1}};
	enum sf_err r;

	*ret_secret = NULL;
	*ret_state = SF_STORE_ABSENT;
	if (!params->settings->has_bus)
		return SF_OK;
	begin_frame(&frame, SF_WIRE_FIND, params);
	if (params->user)
		sf_wire_put_text(&frame, SF_TAG_USERNAME, params->user);
	r = begin(params, &frame, &call, e);
	if (r == SF_OK)
		r = next(&call, &frame, ret_state, e);
	if (r != SF_OK || frame.type != SF_WIRE_ITEM)
		return r;
	r = sf_wire_text(&frame, SF_TAG_USERNAME, ret_user, SF_TOKEN_USERNAME_SIZE, e);
	if (r == SF_OK)
		r = sf_wire_secret(&frame, SF_TAG_TOKEN, ret_secret, e);
	return r;
}

/*
 * May this token be stored? *ret_state is DONE if so. A token without a refresh token must not
 * replace one that has it, nor an item of another version: then *ret_state is NONE. If the keyring
 * cannot be read, *ret_state is its state.
 */
static enum sf_err look(const struct sf_store_params *params, const struct sf_token *token,
    enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	const struct sf_store_params same = {
	    .settings = params->settings,
	    .key = params->key,
	    .app = params->app,
	    .takes_old = params->takes_old,
	    .user = token->username,
	    .may_prompt = params->may_prompt,
	};
	enum sf_err r;

	*ret_state = SF_STORE_DONE;
	if (token->refresh_token)
		return SF_OK;
	r = sf_store_secret_service_find(&same, &found, e);
	if (r != SF_OK)
		return r;
	if (found.state != SF_STORE_DONE && found.state != SF_STORE_NONE)
		*ret_state = found.state;
	else if (found.foreign_count > 0)
		*ret_state = SF_STORE_NONE;
	for (size_t i = 0; i < found.count; i++) {
		if (found.tokens[i]->refresh_token)
			*ret_state = SF_STORE_NONE;
	}
	return SF_OK;
}

enum sf_err sf_store_secret_service_put(const struct sf_store_params *params,
    const struct sf_token *token, enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	struct sf_store_params mine = *params;
	struct sf_origin origin;
	char label[SF_LABEL_SIZE];
	struct sf_text l = SF_TEXT(label);
	enum sf_err r = look(params, token, ret_state, e);

	if (r != SF_OK || *ret_state != SF_STORE_DONE)
		return r;
	r = sf_token_format(token, &stored, e);
	if (r == SF_OK)
		r = sf_origin_parse(token->origin, &origin, e);
	if (r != SF_OK)
		return r;
	/* An item keeps its label when the language changes, so labels are not in messages.def. */
	sf_text_addf(&l, "Salesforce sign-in of %s at %s (sfoauth)", token->username, origin.host);
	mine.user = token->username;
	return sf_store_secret_service_write(&mine, label, stored, ret_state, e);
}

enum sf_err sf_store_secret_service_erase(
    const struct sf_store_params *params, enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;

	begin_frame(&frame, SF_WIRE_ERASE, params);
	if (params->user)
		sf_wire_put_text(&frame, SF_TAG_USERNAME, params->user);
	return ask_once(params, &frame, ret_state, e);
}

/*
 * The item is read again under the refresh lock. If another process holds the lock, it is replacing
 * the token, and nothing needs to be done.
 */
enum sf_err sf_store_secret_service_drop(
    const struct sf_store_params *params, const struct sf_token *token, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	struct sf_store_params own = *params;
	enum sf_store_state state;
	enum sf_err r =
	    sf_state_lock_try(params->settings->home, params->app_key, token->username, &lock, e);

	if (r != SF_OK || lock < 0)
		return r;
	own.user = token->username;
	r = sf_store_secret_service_find(&own, &found, e);
	if (r != SF_OK || found.count == 0)
		return r;
	struct sf_token *stored = found.tokens[0];
	if (!sf_secret_equal(token->access_token, stored->access_token))
		return SF_OK;
	if (!stored->refresh_token)
		return sf_store_secret_service_erase(&own, &state, e);
	stored->access_token = sf_secret_free(stored->access_token);
	return sf_store_secret_service_put(&own, stored, &state, e);
}
