/*
 * Which refresh token has been sent to be renewed, and is not known to be still good: a mark in
 * ~/.local/state/sfoauth, made and read under the refresh lock.
 *
 * Where Salesforce rotates refresh tokens, each is good for one request; one that is presented
 * again counts as stolen, and all that came of it dies. So nobody presents a token whose generation
 * is marked: whoever sent it was killed, or never got the answer. The worker writes the mark right
 * before the first byte leaves, and takes it back where the answer says "not spent".
 *
 * Without rotation the same token stays good, and a lost answer must not cost a sign-in. Nothing
 * tells which it is but a renewal that succeeded: that is learnt, and kept beyond the sign-in.
 * Until one has, a marked token is not presented: at worst the first lost answer of a new sign-in
 * costs another one, where the other guess would present a spent token.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "err.h"
#include "state_dir.h"

/*
 * The mark, empty, for a worker to write to (descriptor 6). What is written is on the disk before
 * the write returns. Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_refresh_state_open(
    const struct sf_state_dir_place *place, int *ret_fd, struct sf_error *e);

/*
 * May the refresh token of this generation be presented? Fails with SPENT: it is marked, and not
 * known to be good for more than one request; SYSTEM: the mark cannot be read.
 */
SF_CHECKED enum sf_err sf_refresh_state_check(
    const struct sf_state_dir_place *place, const char *generation, struct sf_error *e);

/* A renewal brought another refresh token, or did not. Never fails: not noted is unknown. */
void sf_refresh_state_learn(const struct sf_state_dir_place *place, bool rotates);
