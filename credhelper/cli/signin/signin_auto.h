/*
 * flow = auto: which flow comes first here, and which one after a refusal.
 */
#pragma once

#include <stdbool.h>

#include "config.h"
#include "job.h"
#include "settings.h"
#include "messages.h"

/*
 * The browser where there is a display, no ssh, and a callback on this machine; else device.
 * *ret_why is the row that says so of {flow}.
 */
enum sf_flow_id sf_signin_auto_first(
    const struct sf_settings *settings, const struct sf_org *org, enum sf_message *ret_why);

/*
 * Does this end of a device job say that the app may not sign in with a code, so that another flow
 * is worth trying?
 */
bool sf_signin_auto_is_over(const struct sf_job_result *end);
