/*
 * The caller's request as a struct, its search attributes, and the last frame of the reply. Does
 * not call the keyring.
 */
#include "keyring_request.h"

#include <string.h>

#include "attr.h"
#include "clock.h"
#include "job.h"
#include "text.h"

#include "banned.h"

#define APPLICATION "sfoauth"

void sf_keyring_request_clear(struct sf_keyring_request *request)
{
	request->token = sf_secret_free(request->token);
}

enum sf_err sf_keyring_request_read(
    const struct sf_frame *frame, struct sf_keyring_request *request, struct sf_error *e)
{
	enum sf_err r;

	if (frame->type != SF_WIRE_FIND && frame->type != SF_WIRE_STORE &&
	    frame->type != SF_WIRE_ERASE)
		return SF_FAIL(
		    e, SF_E_PROTOCOL, 0, "frame %d is not FIND, STORE or ERASE", (int)frame->type);
	request->type = frame->type;
	r = sf_wire_text(frame, SF_TAG_ORIGIN, request->origin, sizeof(request->origin), e);
	if (r == SF_OK)
		r = sf_wire_opt_text(
		    frame, SF_TAG_CLIENT_ID, request->app, sizeof(request->app), e);
	if (r == SF_OK && sf_wire_has(frame, SF_TAG_TAKES_OLD))
		r = sf_wire_flag(frame, SF_TAG_TAKES_OLD, &request->takes_old, e);
	if (r == SF_OK)
		r = sf_wire_opt_text(
		    frame, SF_TAG_USERNAME, request->user, sizeof(request->user), e);
	if (r == SF_OK)
		r = sf_wire_flag(frame, SF_TAG_MAY_PROMPT, &request->may_prompt, e);
	if (r != SF_OK || frame->type != SF_WIRE_STORE)
		return r;
	r = sf_wire_text(frame, SF_TAG_LABEL, request->label, sizeof(request->label), e);
	if (r == SF_OK)
		r = sf_wire_secret(frame, SF_TAG_TOKEN, &request->token, e);
	if (r == SF_OK && request->user[0] == '\0')
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "STORE without a username");
	return r;
}

GHashTable *sf_keyring_request_attributes(const struct sf_keyring_request *request)
{
	GHashTable *attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	g_hash_table_insert(attributes, g_strdup("application"), g_strdup(APPLICATION));
	g_hash_table_insert(attributes, g_strdup("origin"), g_strdup(request->origin));
	/* A search that takes old items cannot name the app: the hits are compared again. */
	if (request->app[0] != '\0' && (request->type == SF_WIRE_STORE || !request->takes_old))
		g_hash_table_insert(attributes, g_strdup("app"), g_strdup(request->app));
	if (request->user[0] != '\0')
		g_hash_table_insert(attributes, g_strdup("user"), g_strdup(request->user));
	return attributes;
}

void sf_keyring_attributes_unrefp(GHashTable **attributes)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): the macro means the size of the pointer */
	g_clear_pointer(attributes, g_hash_table_unref);
}

struct sf_keyring_request sf_keyring_request_old(const struct sf_keyring_request *request)
{
	struct sf_keyring_request old = *request;

	old.type = SF_WIRE_ERASE;
	old.app[0] = '\0';
	old.token = NULL;
	return old;
}

/* Is the item one of the request's app, or one without an app that counts as such? */
static bool is_of_app(const struct sf_keyring_request *request, const struct sf_keyring_item *item)
{
	return (request->app[0] != '\0' && sf_keyring_item_has(item, "app", request->app)) ||
	       ((request->app[0] == '\0' || request->takes_old) &&
		   !sf_keyring_item_has_any(item, "app"));
}

bool sf_keyring_request_matches(
    const struct sf_keyring_request *request, const struct sf_keyring_item *item)
{
	if (!sf_keyring_item_has(item, "application", APPLICATION) ||
	    !sf_keyring_item_has(item, "origin", request->origin) || !is_of_app(request, item))
		return false;
	if (request->user[0] != '\0')
		return sf_keyring_item_has(item, "user", request->user);
	return sf_keyring_item_user(item) != NULL;
}

struct sf_keyring_result sf_keyring_result_of(enum sf_wire_type type, const GError *error)
{
	struct sf_keyring_result result = {.type = type};

	if (error)
		sf_text_escape(
		    result.why, sizeof(result.why), error->message, strlen(error->message));
	return result;
}

bool sf_keyring_result_send(const struct sf_keyring_result *result)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	struct sf_job_result end = {0};
	struct sf_error e;

	if (result->type == SF_WIRE_FAIL)
		(void)SF_FAIL(&end.error, SF_E_STORE, 0, "%s", result->why);
	if (result->type == SF_WIRE_FAIL || result->type == SF_WIRE_DONE)
		sf_job_result_to_frame(&end, &frame);
	else
		sf_wire_begin(&frame, result->type);
	return sf_wire_send(SF_WIRE_FD, &frame, sf_clock_now_ms() + SF_FOREVER_MS, &e) == SF_OK;
}
