#include "signal_block.h"

#include <stddef.h>

#include "attr.h"

#include "banned.h"

void sf_signal_block_begin(struct sf_signal_block *ret_hold)
{
	static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < SF_COUNT(held); i++)
		sigaddset(&set, held[i]);
	sigprocmask(SIG_BLOCK, &set, &ret_hold->before);
}

void sf_signal_block_end(struct sf_signal_block *hold)
{
	sigprocmask(SIG_SETMASK, &hold->before, NULL);
}
