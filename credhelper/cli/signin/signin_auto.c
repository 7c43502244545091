/* Decides which flow comes first for flow = auto, and when the next one is tried. Pure. */
#include "signin_auto.h"

#include "text.h"

#include "banned.h"

/* Has the app a callback that the browser flow can listen at? */
static bool has_local_callback(const struct sf_org *org)
{
	for (size_t i = 0; i < org->callback.count; i++)
		if (sf_text_starts(org->callback.items[i], "http://localhost"))
			return true;
	return false;
}

enum sf_flow_id sf_signin_auto_first(
    const struct sf_settings *settings, const struct sf_org *org, enum sf_message *ret_why)
{
	/* A display that ssh forwards is on another machine than the callback's listener. */
	if (settings->is_remote)
		*ret_why = SF_MESSAGE_FLOW_SSH;
	else if (!settings->has_display)
		*ret_why = SF_MESSAGE_FLOW_NO_DISPLAY;
	else if (!has_local_callback(org))
		*ret_why = SF_MESSAGE_FLOW_NO_CALLBACK;
	else
		*ret_why = SF_MESSAGE_FLOW_DISPLAY;
	return settings->has_display && !settings->is_remote && has_local_callback(org)
		   ? SF_FLOW_BROWSER
		   : SF_FLOW_DEVICE;
}

bool sf_signin_auto_is_over(const struct sf_job_result *result)
{
	return result->app == SF_APP_FAULT_FLOW || result->app == SF_APP_FAULT_OTHER;
}
