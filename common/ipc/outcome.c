/* Encode and decode the outcome: the part of FAIL and DONE that is only shown to people. */
#include "outcome.h"

#include "text.h"

#include "banned.h"

/* Limits of what a confined worker may make a person read. */
#define RETRY_MAX_S  (24 * 3600)
#define SERVER_MAX_S 253402300799 /* the last second of the year 9999 */

void sf_outcome_to_frame(const struct sf_outcome *outcome, struct sf_frame *frame)
{
	if (frame->type == SF_WIRE_FAIL && outcome->words[0] != '\0')
		sf_wire_put_text(frame, SF_TAG_WORDS, outcome->words);
	if (frame->type == SF_WIRE_FAIL && outcome->retry_s > 0)
		sf_wire_put_u32(frame, SF_TAG_RETRY_S, outcome->retry_s);
	if (outcome->server_s > 0)
		sf_wire_put_u64(frame, SF_TAG_SERVER_S, outcome->server_s);
	if (outcome->org_id[0] != '\0')
		sf_wire_put_text(frame, SF_TAG_ORG_ID, outcome->org_id);
}

/* All of it goes to a terminal, so nothing but printable ASCII and letters is accepted. */
enum sf_err sf_outcome_from_frame(
    const struct sf_frame *frame, struct sf_outcome *ret_outcome, struct sf_error *e)
{
	struct sf_outcome outcome = {0};
	enum sf_err r =
	    sf_wire_opt_text(frame, SF_TAG_WORDS, outcome.words, sizeof(outcome.words), e);

	if (r == SF_OK && sf_wire_has(frame, SF_TAG_RETRY_S))
		r = sf_wire_u32(frame, SF_TAG_RETRY_S, &outcome.retry_s, e);
	if (r == SF_OK && sf_wire_has(frame, SF_TAG_SERVER_S))
		r = sf_wire_u64(frame, SF_TAG_SERVER_S, &outcome.server_s, e);
	if (r == SF_OK)
		r = sf_wire_opt_text(
		    frame, SF_TAG_ORG_ID, outcome.org_id, sizeof(outcome.org_id), e);
	if (r != SF_OK)
		return r;
	if (outcome.retry_s > RETRY_MAX_S || outcome.server_s > SERVER_MAX_S ||
	    (outcome.words[0] != '\0' && !sf_text_is_printable(outcome.words)) ||
	    (outcome.org_id[0] != '\0' && !sf_text_has_only(outcome.org_id, SF_TEXT_ALNUM)))
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the outcome in a frame is not valid");
	*ret_outcome = outcome;
	return SF_OK;
}
