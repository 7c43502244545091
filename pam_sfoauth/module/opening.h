/* The start of a sign-in: until there is an address, and in the device flow a code, to show. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "origin.h"
#include "phase.h"
#include "relay.h"
#include "rule.h"
#include "secret.h"
#include "spawn.h"
#include "ui.h"

/* A sign-in; signin.h has what follows after its start. */
struct sf_signin {
	struct sf_phase *phase;  /* borrowed */
	struct sf_origin pinned; /* of the org's login_url */
	int64_t deadline_ms;
	bool is_decoy; /* what is typed is never sent to the worker */
	/* The flow; neither: paste. In the device flow the person approves on another device. */
	bool is_device, is_password;
	struct sf_show show;
	char username[SF_TOKEN_USERNAME_SIZE]; /* of the Salesforce user, for the password flow */
	struct sf_secret *response;            /* what the person typed; owned */
	int64_t typed_ms; /* when it was typed; 0: nothing was, or it was accepted */
	struct sf_child child;
	struct sf_relay relay;
	int dir;    /* of records, -1: none */
	int record; /* -1: no token is kept */
};

/* The worker's deadline is this much earlier than the module's: it can then report the reason. */
#define SF_SIGNIN_MARGIN_MS 2000

/*
 * Start the sign-in of a mapped account, and remember time and outcome for decoys, unless the
 * person left meanwhile. *ret_rule as in sf_signin_start. Fails as relay.h and launch.h say.
 */
SF_CHECKED enum sf_err sf_opening_real(
    struct sf_signin *signin, enum sf_rule *ret_rule, struct sf_error *e);

/*
 * Start a decoy as a recent sign-in of a mapped account started, in the same time. In the device
 * flow it has no worker; in the others its worker sends no request, because it never gets a
 * response. Fails as that sign-in failed (is_replay of the phase), or like sf_watch_wait.
 */
SF_CHECKED enum sf_err sf_opening_decoy(struct sf_signin *signin, struct sf_error *e);
