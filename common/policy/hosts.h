/*
 * Rule 2 (DESIGN.md, "Who is let in"): the hosts of the addresses that Salesforce sends. Otherwise
 * a manipulated reply could send the person, or the token, to a host of an attacker. All addresses
 * are https and spelled exactly (sf_origin_holds). login is the origin of the org's login_url.
 */
#pragma once

#include <stdbool.h>

#include "origin.h"
#include "rule.h"

/*
 * verification_uri, the page to open, must be on login itself. Returns SF_RULE_NONE or
 * SF_RULE_VERIFICATION_URI.
 */
enum sf_rule sf_hosts_page(const struct sf_origin *login, const char *verification_uri);

/*
 * instance_url, with or without a final slash, must be login itself; if login is a login host, the
 * My Domain of any org of its family. Returns SF_RULE_NONE or SF_RULE_INSTANCE_URL. *ret_instance
 * is written with SF_RULE_NONE only; it may be NULL.
 */
enum sf_rule sf_hosts_instance(
    const struct sf_origin *login, const char *instance_url, struct sf_origin *ret_instance);

/*
 * `id`, the identity URL, must be on login itself or on a login host of its family. Returns
 * SF_RULE_NONE or SF_RULE_ID_URL.
 */
enum sf_rule sf_hosts_id(const struct sf_origin *login, const char *id_url);
