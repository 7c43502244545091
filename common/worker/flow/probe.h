/*
 * Is Salesforce there, what does it say of itself, and does it know the app? For sfoauth doctor.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "flow.h"
#include "job.h"

/*
 * Two requests: one that is public at every org, then a device code that nobody is shown. Fills
 * status and hint of end by the first, also where the second fails: as the start of the flow
 * device does.
 */
SF_CHECKED enum sf_err sf_probe_run(
    const struct sf_flow_params *params, struct sf_job_result *end, struct sf_error *e);
