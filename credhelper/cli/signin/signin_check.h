/*
 * The sign-in check: is the sign-in that Salesforce reports the one that was asked for? Applies
 * rules 2 to 4 of the policy (owner.h: host, organization, owner of the token) and --user. Pure: no
 * I/O.
 */
#pragma once

#include "attr.h"
#include "config_fields.h"
#include "err.h"
#include "facts.h"
#include "job.h"
#include "origin.h"
#include "token.h"

struct sf_signin_check_params {
	const struct sf_origin *pinned; /* of the org's login_url */
	const char *organization_id;    /* pinned, 18 characters; "" if the file names none */
	const char *user;               /* expected username; NULL: any */
};

/*
 * Check the facts that the worker reports, before the token is stored. Fails with OTHER_USER, and
 * with DENIED; the detail has both values that differ. *ret_row is a row of advice.def about the
 * refusal, because it is ours and not Salesforce's; "" if the error's own sentence is right.
 */
SF_CHECKED enum sf_err sf_signin_check(const struct sf_signin_check_params *params,
    const struct sf_facts *facts, const char **ret_row, struct sf_error *e);

/*
 * Check the record that the worker wrote: it must be about the user and organization of the facts,
 * and for no origin except those of the job and the instance of the facts. A compromised worker
 * could otherwise make git send the token to another host. Fails with PROTOCOL.
 */
SF_CHECKED enum sf_err sf_signin_check_record(const struct sf_signin_check_params *params,
    const struct sf_facts *facts, const struct sf_job *job, const struct sf_token *token,
    struct sf_error *e);

/*
 * Remove from a stored token every host that is neither in the org's also_for nor an instance of
 * login, the origin of its login_url.
 */
void sf_signin_check_hosts(
    const struct sf_org *org, const struct sf_origin *login, struct sf_token *token);

/*
 * Check that a refreshed token succeeds the old one: same origin, organization and user, and no
 * further origin except those of the old token and of the job and, first, an instance of a login
 * host: Salesforce moves orgs. Fails with PROTOCOL.
 */
SF_CHECKED enum sf_err sf_signin_check_refreshed(const struct sf_token *old,
    const struct sf_job *job, const struct sf_token *fresh, struct sf_error *e);
