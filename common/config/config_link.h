/*
 * Addresses as they are registered with an app: Salesforce compares them letter by letter, so they
 * are kept as they are written.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"

/*
 * https://HOST... or, where allowed, http://localhost[:PORT][/PATH]: printable, without fragment,
 * user-info, backslash.
 */
struct sf_link_params {
	const char *text;
	bool may_be_local;
};
SF_CHECKED bool sf_config_link_is_good(const struct sf_link_params *params);
