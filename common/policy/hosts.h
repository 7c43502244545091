/*
 * Rule 2 (DESIGN.md, "Who is let in"): where the addresses that Salesforce sends may lie. All are
 * https and spelled exactly (sf_origin_holds). login is the origin of the org's login_url.
 */
#pragma once

#include <stdbool.h>

#include "origin.h"
#include "rule.h"

/* verification_uri, the page to open: on login itself. SF_RULE_NONE or SF_RULE_VERIFICATION_URI. */
enum sf_rule sf_hosts_page(const struct sf_origin *login, const char *verification_uri);

/*
 * instance_url, with or without a slash at its end: login itself, or where login is a login host
 * the My Domain of an org of its family. SF_RULE_NONE or SF_RULE_INSTANCE_URL. *ret_instance is
 * written with SF_RULE_NONE; NULL: not wanted.
 */
enum sf_rule sf_hosts_instance(
    const struct sf_origin *login, const char *instance_url, struct sf_origin *ret_instance);

/* `id`: on login itself or on a login host of its family. SF_RULE_NONE or SF_RULE_ID_URL. */
enum sf_rule sf_hosts_id(const struct sf_origin *login, const char *id_url);
