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
#include "opening.h"
#include "phase.h"
#include "rule.h"

/*
 * Seconds that a person has for the sign-in: approve_timeout, for login(1) at most 50, in sshd what
 * is left of the connection (grace.h).
 */
uint32_t sf_signin_timeout_s(const struct sf_phase *phase);
/*
 * Revoke old records, start the worker with the first of the policy's flows that Salesforce has
 * enabled for this app, and wait for what the dialogue shows. A decoy starts as a recent real
 * sign-in did (parity.h), and fails as that one failed. *ret_rule becomes the rule that
 * forbids to show the address, or SF_RULE_NONE; the password flow, which has no address, leaves it
 * unchanged. signin must not be moved afterwards. Fails as relay.h and launch.h say.
 */
SF_CHECKED enum sf_err sf_signin_start(
    struct sf_signin *signin, struct sf_phase *phase, enum sf_rule *ret_rule, struct sf_error *e);

/*
 * Hold the dialogue. Fails like sf_converse_ask, with PASSWORD_TYPED (text where only Enter was
 * asked for), or with WRONG_INPUT (nothing was typed).
 */
SF_CHECKED enum sf_err sf_signin_ask(struct sf_signin *signin, struct sf_error *e);

/*
 * Send what was typed to the worker and wait for the facts. Fails like sf_relay_facts. A decoy
 * fails at the same time as a real sign-in that nobody approves: with EXPIRED in the device flow,
 * else with DENIED.
 */
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
 * and writes the state of the token into the phase, for the audit line. After input that was not
 * accepted it waits as long as parity.h says. For SF_CLEANUP, also before a start.
 */
void sf_signin_closep(struct sf_signin *signin);
