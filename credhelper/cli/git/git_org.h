/*
 * Whose token goes to the host that git asks for: the org that the configuration names it for, or
 * that has learnt it with a token.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config.h"
#include "err.h"
#include "gitcred.h"
#include "origin.h"
#include "settings.h"
#include "target.h"

/* Does the configuration itself say that this org's token goes to the origin? */
bool sf_git_org_is_configured(const struct sf_org *org, const char *origin);

/*
 * Behind login.salesforce.com an org's own host is learnt with its token. Can this be one? Only
 * hosts of Salesforce are. What decides is the list in the token.
 */
bool sf_git_org_may_learn(const struct sf_org *org, const char *origin);

/* Is the origin in the list of a token that is stored? Fails as the stores do. */
SF_CHECKED enum sf_err sf_git_org_has_learnt(
    const struct sf_target *target, const char *origin, bool *ret_learnt, struct sf_error *e);

/*
 * The org that is configured for the origin; NULL if none is. Of several the one that git's
 * configuration names (credential.URL.sfoauthOrg), else the one that is meant elsewhere, too,
 * else the first. request: its path is part of the URL.
 */
const struct sf_org *sf_git_org_find(
    const struct sf_settings *settings, const struct sf_gitcred *request, const char *origin);

/* The address of a request as git's configuration knows it. False: does not fit. */
SF_CHECKED bool sf_git_org_url(
    const struct sf_gitcred *request, const char *origin, char ret[static 3 * SF_URL_MAX]);
