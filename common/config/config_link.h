/*
 * Addresses that are registered with an app. Salesforce compares them letter by letter, so they are
 * stored as they are written.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"

struct sf_link_params {
	const char *text;
	bool may_be_local; /* http://localhost is allowed as well */
};
/*
 * Whether the text is https://HOST... or, if allowed, http://localhost[:PORT][/PATH]. It must be
 * printable and have no fragment, user-info or backslash: with these, another host than the one
 * that a person reads could receive the code.
 */
SF_CHECKED bool sf_config_link_is_good(const struct sf_link_params *params);
