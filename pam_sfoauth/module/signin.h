/*
 * A sign-in in steps: worker, dialogue, record for the session. The caller applies the rules
 * between the steps; nothing is decided here.
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

/* Seconds that a person has for the sign-in: approve_timeout, for login(1) at most 50. */
uint32_t sf_signin_timeout_s(const struct sf_phase *phase);
/* The worker's deadline is this much earlier than the module's: it can then report the reason. */
#define SF_SIGNIN_MARGIN_MS 2000
/*
 * A refusal of typed input comes at least this long after it. A decoy sends no request, and an
 * attacker must not learn that from the time.
 */
#define SF_SIGNIN_REFUSAL_MS 1000

/*
 * Revoke old records, start the worker with the first of the policy's flows that Salesforce has
 * enabled for this app, and wait for what the dialogue shows. A decoy of the device flow has no
 * worker; in the other flows its worker never gets a response. *ret_rule becomes the rule that
 * forbids to show the address, or SF_RULE_NONE; the password flow, which has no address, leaves it
 * unchanged. signin must not be moved afterwards. Fails as relay.h and launch.h say.
 */
SF_CHECKED enum sf_err sf_signin_start(
    struct sf_signin *signin, struct sf_phase *phase, enum sf_rule *ret_rule, struct sf_error *e);

/*
 * Hold the dialogue. Fails like sf_converse_ask, with PASSWORD_TYPED (text where only Enter was
 * asked for), or with DENIED (nothing was typed).
 */
SF_CHECKED enum sf_err sf_signin_ask(struct sf_signin *signin, struct sf_error *e);

/* Send what was typed to the worker and wait for the facts. Fails like sf_relay_facts. */
SF_CHECKED enum sf_err sf_signin_facts(
    struct sf_signin *signin, struct sf_facts *ret_facts, struct sf_error *e);

/*
 * Send the verdict; yes is approval. After a refusal the worker revokes the token, and this returns
 * SF_OK whatever happens. After an approval the worker must finish cleanly, else the sign-in fails.
 * Then the record gets its owner and name, the PAM environment gets that name, and PAM_AUTHTOK the
 * password; failures of this last part are only logged. Fails as relay.h says, or with WORKER.
 */
SF_CHECKED enum sf_err sf_signin_finish(struct sf_signin *signin, bool yes, struct sf_error *e);

/*
 * Ends the worker (a worker that broke the protocol is killed), revokes a record that got no name,
 * and writes the state of the token into the phase, for the audit line. Waits until
 * SF_SIGNIN_REFUSAL_MS after input that was not accepted. For SF_CLEANUP, also before a start.
 */
void sf_signin_closep(struct sf_signin *signin);
