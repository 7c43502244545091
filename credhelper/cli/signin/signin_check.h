/*
 * Is the sign-in that Salesforce reports the one that was asked for? Rules 2 to 4 of policy
 * (owner.h: host, organization, whose token it is), and --user. Pure: no I/O.
 */
#pragma once

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "job.h"
#include "origin.h"
#include "token.h"

struct sf_signin_check_params {
	const struct sf_origin *pinned; /* of the org's login_url */
	const char *organization_id;    /* pinned, 18 characters; "" if the file names none */
	const char *user;               /* NULL: anybody */
};

/* Fails with DENIED (says which rule does not hold). */
SF_CHECKED enum sf_err sf_signin_check(
    const struct sf_signin_check_params *params, const struct sf_facts *facts, struct sf_error *e);

/*
 * Is the record that the worker wrote about the same sign-in, and does it go nowhere but to the
 * origins of the job and the instance of the facts? Fails with PROTOCOL.
 */
SF_CHECKED enum sf_err sf_signin_check_record(const struct sf_signin_check_params *params,
    const struct sf_facts *facts, const struct sf_job *job, const struct sf_token *token,
    struct sf_error *e);

/*
 * Is a refreshed token the old one's successor: same origin, organization, user, and no origin
 * that neither the old one was for nor the job names? Fails with PROTOCOL.
 */
SF_CHECKED enum sf_err sf_signin_check_refreshed(const struct sf_token *old,
    const struct sf_job *job, const struct sf_token *fresh, struct sf_error *e);
