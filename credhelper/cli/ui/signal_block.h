/*
 * Signals that would end the program are held while a token is on its way: a refresh token that
 * Salesforce has rotated is lost with whoever dies before storing it. What came meanwhile is
 * delivered when they are let go. The programs that take part hold them as well.
 */
#pragma once

#include <signal.h>

struct sf_signal_block {
	sigset_t before;
};

void sf_signal_block_begin(struct sf_signal_block *ret_hold);
void sf_signal_block_end(struct sf_signal_block *hold); /* for SF_CLEANUP */
