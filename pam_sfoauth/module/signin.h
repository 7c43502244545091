/*
 * A sign-in by the device flow: the worker, the dialogue, the record for the session. What it
 * means is not judged here; the caller does that between the steps.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "handoff.h"
#include "origin.h"
#include "phase.h"
#include "relay.h"
#include "spawn.h"
#include "ui.h"

struct sf_signin {
	struct sf_phase *phase;  /* borrowed */
	struct sf_origin pinned; /* of the org's login_url */
	int64_t deadline_ms;
	struct sf_show show;
	struct sf_child child;
	struct sf_relay relay;
	int dir;    /* of records, -1: none */
	int record; /* -1: nothing is to be kept */
};

/* How long a person has, as the policy and the service allow. */
uint32_t sf_signin_timeout_s(const struct sf_phase *phase);
/* The worker gives up this much before the module does, so that it can still say why. */
#define SF_SIGNIN_MARGIN_MS 2000

/*
 * Clear old records away, start the worker, wait for address and code. signin must not be moved
 * afterwards. Fails as relay.h and launch.h.
 */
SF_CHECKED enum sf_err sf_signin_start(
    struct sf_signin *signin, struct sf_phase *phase, int64_t deadline_ms, struct sf_error *e);

/* Show them (the caller has checked the address) and wait for the facts. Also PASSWORD_TYPED. */
SF_CHECKED enum sf_err sf_signin_facts(
    struct sf_signin *signin, struct sf_facts *ret_facts, struct sf_error *e);

/*
 * Tell the verdict. After a no: the worker revokes, and whatever happens is not a failure any
 * more. After a yes: only a worker that finishes well leaves the sign-in good; then the record
 * gets its user and name, and the PAM environment the name. That last part never fails.
 */
SF_CHECKED enum sf_err sf_signin_finish(struct sf_signin *signin, bool yes, struct sf_error *e);

/*
 * Ends the worker, kindly unless it broke the rules; has a record that got no name revoked; says
 * in the phase what became of the token. For SF_CLEANUP, also before a start.
 */
void sf_signin_closep(struct sf_signin *signin);
