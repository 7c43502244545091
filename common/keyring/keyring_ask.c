#include "keyring_ask.h"

#include <string.h>

#include "attr.h"
#include "clock.h"
#include "job.h"
#include "text.h"

#include "banned.h"

void sf_keyring_ask_clear(struct sf_keyring_ask *ask)
{
	ask->token = sf_secret_free(ask->token);
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
	struct sf_end end = {0};
	struct sf_error e;

	if (result->type == SF_WIRE_FAIL)
		(void)SF_FAIL(&end.error, SF_E_STORE, 0, "%s", result->why);
	if (result->type == SF_WIRE_FAIL || result->type == SF_WIRE_DONE)
		sf_end_to_frame(&end, &frame);
	else
		sf_wire_begin(&frame, result->type);
	return sf_wire_send(SF_WIRE_FD, &frame, sf_clock_now_ms() + SF_FOREVER_MS, &e) == SF_OK;
}

enum sf_err sf_keyring_ask_read(
    const struct sf_frame *frame, struct sf_keyring_ask *ask, struct sf_error *e)
{
	enum sf_err r = sf_wire_text(frame, SF_TAG_ORIGIN, ask->origin, sizeof(ask->origin), e);

	ask->type = frame->type;
	if (r == SF_OK)
		r = sf_wire_opt_text(frame, SF_TAG_USERNAME, ask->user, sizeof(ask->user), e);
	if (r == SF_OK)
		r = sf_wire_flag(frame, SF_TAG_MAY_PROMPT, &ask->may_prompt, e);
	if (r != SF_OK || frame->type != SF_WIRE_STORE)
		return r;
	r = sf_wire_text(frame, SF_TAG_LABEL, ask->label, sizeof(ask->label), e);
	if (r == SF_OK)
		r = sf_wire_secret(frame, SF_TAG_TOKEN, &ask->token, e);
	if (r == SF_OK && ask->user[0] == '\0')
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "an item without a user");
	return r;
}
