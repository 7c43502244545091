/*
 * A sign-in: the worker, the dialogue, the record for the session. What it means is not judged
 * here; the caller does that between the steps.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "handoff.h"
#include "rule.h"
#include "origin.h"
#include "phase.h"
#include "relay.h"
#include "secret.h"
#include "spawn.h"
#include "ui.h"

struct sf_signin {
	struct sf_phase *phase;  /* borrowed */
	struct sf_origin pinned; /* of the org's login_url */
	int64_t deadline_ms;
	bool is_decoy; /* nothing is asked of Salesforce, and nothing that is typed leaves us */
	/* The flow; neither: paste. In the device flow the yes comes from elsewhere. */
	bool is_device, is_password;
	struct sf_show show;
	char username[SF_TOKEN_USERNAME_SIZE]; /* whose password is asked for */
	struct sf_secret *answer;              /* what was typed; owned */
	int64_t typed_ms;                      /* when, until it was good for a yes; 0: not yet */
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
 * What was typed is not refused sooner: a decoy asks nobody, and a stranger must not tell by the
 * clock whether Salesforce was asked.
 */
#define SF_SIGNIN_REFUSAL_MS 1000

/*
 * Clear old records away, start the worker, wait for what is to be shown and asked: by the first of
 * the policy's flows that Salesforce has for this app. A decoy of the device flow has no worker,
 * and in the others the worker never gets an answer. *ret_rule: whether the address may be shown.
 * signin must not be moved afterwards. Fails as relay.h and launch.h.
 */
SF_CHECKED enum sf_err sf_signin_start(
    struct sf_signin *signin, struct sf_phase *phase, enum sf_rule *ret_rule, struct sf_error *e);

/* The dialogue. Fails as sf_converse_ask; with PASSWORD_TYPED; with DENIED (an empty password). */
SF_CHECKED enum sf_err sf_signin_ask(struct sf_signin *signin, struct sf_error *e);

/* Hand on what was typed, and wait for the facts. */
SF_CHECKED enum sf_err sf_signin_facts(
    struct sf_signin *signin, struct sf_facts *ret_facts, struct sf_error *e);

/*
 * Tell the verdict. After a no: the worker revokes, and whatever happens is not a failure any
 * more. After a yes: only a worker that finishes well leaves the sign-in good; then the record
 * gets its user and name, the PAM environment the name, and the stack the password. That last part
 * never fails.
 */
SF_CHECKED enum sf_err sf_signin_finish(struct sf_signin *signin, bool yes, struct sf_error *e);

/*
 * Ends the worker, kindly unless it broke the rules; has a record that got no name revoked; says
 * in the phase what became of the token. For SF_CLEANUP, also before a start.
 */
void sf_signin_closep(struct sf_signin *signin);
