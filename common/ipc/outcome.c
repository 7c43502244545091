#include "outcome.h"

#include "text.h"

#include "banned.h"

#define RETRY_MAX_S  (24 * 3600)
#define SERVER_MAX_S 253402300799 /* the last second of the year 9999 */

void sf_outcome_to_frame(const struct sf_outcome *hint, struct sf_frame *frame)
{
	if (frame->type == SF_WIRE_FAIL && hint->words[0] != '\0')
		sf_wire_put_text(frame, SF_TAG_WORDS, hint->words);
	if (frame->type == SF_WIRE_FAIL && hint->retry_s > 0)
		sf_wire_put_u32(frame, SF_TAG_RETRY_S, hint->retry_s);
	if (hint->server_s > 0)
		sf_wire_put_u64(frame, SF_TAG_SERVER_S, hint->server_s);
	if (hint->org_id[0] != '\0')
		sf_wire_put_text(frame, SF_TAG_ORG_ID, hint->org_id);
}

enum sf_err sf_outcome_from_frame(
    const struct sf_frame *frame, struct sf_outcome *ret_hint, struct sf_error *e)
{
	struct sf_outcome hint = {0};
	enum sf_err r = sf_wire_opt_text(frame, SF_TAG_WORDS, hint.words, sizeof(hint.words), e);

	if (r == SF_OK && sf_wire_has(frame, SF_TAG_RETRY_S))
		r = sf_wire_u32(frame, SF_TAG_RETRY_S, &hint.retry_s, e);
	if (r == SF_OK && sf_wire_has(frame, SF_TAG_SERVER_S))
		r = sf_wire_u64(frame, SF_TAG_SERVER_S, &hint.server_s, e);
	if (r == SF_OK)
		r = sf_wire_opt_text(frame, SF_TAG_ORG_ID, hint.org_id, sizeof(hint.org_id), e);
	if (r != SF_OK)
		return r;
	if (hint.retry_s > RETRY_MAX_S || hint.server_s > SERVER_MAX_S ||
	    (hint.words[0] != '\0' && !sf_text_is_printable(hint.words)) ||
	    (hint.org_id[0] != '\0' && !sf_text_has_only(hint.org_id, SF_TEXT_ALNUM)))
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the hint of a frame cannot be shown");
	*ret_hint = hint;
	return SF_OK;
}
