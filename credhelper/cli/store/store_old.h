/*
 * What older versions stored in the kernel keyring does not name its app. It is moved to the names
 * of this version, once; the desktop keyring does so itself, when the next token is stored.
 */
#pragma once

#include "target.h"

/* Move pending and access tokens, if target->takes_old. Best effort: what cannot be moved stays. */
void sf_store_old_move(const struct sf_target *target);
