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
 * sign-in. Before the first one, a marked token is not sent: at worst a lost reply to the first
 * refresh requires a new sign-in, while the opposite guess could send a used token.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "state_dir.h"

/*
 * Open the mark, emptied, for the worker to write to as its descriptor 6; the caller closes
 * *ret_fd. A write returns after the data is on the disk. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_refresh_state_open(
    const struct sf_state_dir_place *place, int *ret_fd, struct sf_error *e);

/*
 * May the refresh token of this generation be sent? Fails with SPENT (it is marked, and the org is
 * not known to accept it twice) or SYSTEM (the mark cannot be read).
 */
SF_CHECKED enum sf_err sf_refresh_state_check(
    const struct sf_state_dir_place *place, const char *generation, struct sf_error *e);

/*
 * Remember whether a successful refresh returned a new refresh token. Never fails: if the note
 * cannot be written, rotation stays unknown.
 */
void sf_refresh_state_learn(const struct sf_state_dir_place *place, bool rotates);
