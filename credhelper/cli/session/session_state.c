/* Creates a session and checks its parameters. Does no I/O. */
#include "session_state.h"

#include "messages.h"

#include "banned.h"

enum sf_err sf_session_begin(const struct sf_target *target, const struct sf_session_params *params,
    struct sf_session *ret_session, struct sf_error *e)
{
	struct sf_session s = {.target = *target, .params = *params};

	if (s.params.min_life_s == 0)
		s.params.min_life_s = SF_SESSION_MIN_LIFE_S;
	if (s.params.min_life_s >= target->org->session_timeout_s)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_E_MIN_LIFE,
		    SF_WITH({"seconds", SF_NUMBER(target->org->session_timeout_s)}));
	*ret_session = s;
	return SF_OK;
}
