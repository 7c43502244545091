/* Who Salesforce says that a token's user is, for people and programs. */
#pragma once

#include "attr.h"
#include "cmd.h"
#include "err.h"
#include "facts.h"

/*
 * Print the facts on standard output; with --json, one object. scope: the scopes of the token, ""
 * if they are unknown; NULL leaves them out. Fails with NOMEM or SYSTEM.
 */
SF_CHECKED enum sf_err sf_facts_out_print(
    const struct sf_cmd *cmd, const char *scope, const struct sf_facts *facts, struct sf_error *e);
