/*
 * Blocks SIGINT, SIGTERM, SIGHUP and SIGQUIT for a scope. A program that ends between Salesforce's
 * response and the store loses the rotated refresh token. Blocked signals are delivered when the
 * scope ends. Child processes inherit the mask, so that Ctrl-C does not end them either.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "attr.h"

struct sf_signal_block {
	sigset_t before; /* the mask to restore */
};

/* Blocks nest: end restores the mask that begin found. */
void sf_signal_block_begin(struct sf_signal_block *ret_block);
void sf_signal_block_end(struct sf_signal_block *block); /* for SF_CLEANUP */
/* Is one of these signals in the set? */
SF_CHECKED bool sf_signal_block_has(const sigset_t *set);
