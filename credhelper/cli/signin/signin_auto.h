/*
 * flow = auto: which flow comes first on this machine, and whether to try another one after a
 * refusal. Pure: no I/O.
 */
#pragma once

#include <stdbool.h>

#include "config.h"
#include "job.h"
#include "settings.h"
#include "messages.h"

/*
 * The browser flow if there is a display, no ssh session, and a callback at http://localhost; else
 * the device flow. *ret_why is the message that explains the choice; it has the argument {flow}.
 */
enum sf_flow_id sf_signin_auto_first(
    const struct sf_settings *settings, const struct sf_org *org, enum sf_message *ret_why);

/*
 * Does the result of a device job say that the app may not use the device flow? Then the next flow
 * is tried. Every other failure ends the sign-in.
 */
bool sf_signin_auto_is_over(const struct sf_job_result *result);
