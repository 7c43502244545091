/*
 * The mark "refresh token sent, reply unknown": a file in ~/.local/state/sfoauth that is written
 * and read under the refresh lock.
 *
 * If Salesforce rotates refresh tokens, each can be used once. A second use counts as theft, and
 * Salesforce revokes every token that descends from it. So a token whose generation is marked is
 * not sent again: the process that sent it was killed or did not get the reply. The worker writes
 * the mark immediately before it sends the first byte, and cancels the mark if the reply says that
 * the token was not used.
 *
 * Without rotation the same token stays valid, and a lost reply must not require a new sign-in.
 * Only a successful refresh shows whether the org rotates; the result is stored and outlives the
 * sign-in. Before the first one, a marked token is sent again, once. This is
 * safe: what a second use can revoke is this sign-in alone, whose successor nobody has. A successor
 * that anybody has is in a store, and found there first: the worker parks it before it reports it,
 * and holds the refresh lock until it ends. So at worst the person signs in, as without the second
 * use. Where rotation is known, a lost reply means used, and a second use would only look like a
 * theft in the org's log.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "state_dir.h"

/*
 * Open the mark for the worker to append to as its descriptor 6; the caller closes *ret_fd. It is
 * emptied, except for one mark of this generation that counts. A write returns after the data is on
 * the disk. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_refresh_state_open(const struct sf_state_dir_place *place,
    const char *generation, int *ret_fd, struct sf_error *e);

/*
 * May the refresh token of this generation be sent? Fails with SPENT (it was sent without a known
 * reply: once if the org rotates, twice if that is unknown) or SYSTEM (the mark cannot be read).
 */
SF_CHECKED enum sf_err sf_refresh_state_check(
    const struct sf_state_dir_place *place, const char *generation, struct sf_error *e);

/*
 * Remember whether a successful refresh returned a new refresh token. Never fails: if the note
 * cannot be written, rotation stays unknown.
 */
void sf_refresh_state_learn(const struct sf_state_dir_place *place, bool rotates);
