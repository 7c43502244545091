/* Blocks signals with sigprocmask(2). Installs no handlers. */
#include "signal_block.h"

#include <stddef.h>

#include "attr.h"

#include "banned.h"

static const int blocked[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

void sf_signal_block_begin(struct sf_signal_block *ret_block)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < SF_COUNT(blocked); i++)
		sigaddset(&set, blocked[i]);
	sigprocmask(SIG_BLOCK, &set, &ret_block->before);
}

bool sf_signal_block_has(const sigset_t *set)
{
	for (size_t i = 0; i < SF_COUNT(blocked); i++)
		if (sigismember(set, blocked[i]) == 1)
			return true;
	return false;
}

void sf_signal_block_end(struct sf_signal_block *block)
{
	sigprocmask(SIG_SETMASK, &block->before, NULL);
}
