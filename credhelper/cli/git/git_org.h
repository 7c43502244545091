/*
 * Which org's token git may have for a host. A host belongs to an org by configuration (login_url,
 * also_for), or because a stored token of the org was issued for it. A wrong answer here would send
 * a token to a foreign host.
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
 * Could origin be the org's My Domain host, to be confirmed by a stored token? Only if the org
 * signs in at login.salesforce.com (or test.), so that its own host is unknown before a sign-in,
 * and origin is a host of Salesforce. Saves opening a keyring for all other hosts; the list in the
 * token decides (sf_git_org_has_learnt).
 */
bool sf_git_org_may_learn(const struct sf_org *org, const char *origin);

/* Is a token stored that was issued for the origin? Fails as the stores do. */
SF_CHECKED enum sf_err sf_git_org_has_learnt(
    const struct sf_target *target, const char *origin, bool *ret_learnt, struct sf_error *e);

/*
 * The org that is configured for the origin; NULL if none is. Among several: the one that git's
 * configuration names (credential.URL.sfoauthOrg; the URL includes the request's path), else the
 * org that commands use without --org, else the first. Borrowed from settings.
 */
const struct sf_org *sf_git_org_find(
    const struct sf_settings *settings, const struct sf_gitcred *request, const char *origin);

/* The URL of a request as git matches it in its configuration, path included. False: too long. */
SF_CHECKED bool sf_git_org_url(
    const struct sf_gitcred *request, const char *origin, char ret[static 3 * SF_URL_MAX]);
