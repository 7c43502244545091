#include "hold.h"

#include <stddef.h>

#include "attr.h"

#include "banned.h"

void sf_hold_begin(struct sf_hold *ret_hold)
{
	static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < SF_COUNT(held); i++)
		sigaddset(&set, held[i]);
	sigprocmask(SIG_BLOCK, &set, &ret_hold->before);
}

void sf_hold_end(struct sf_hold *hold)
{
	sigprocmask(SIG_SETMASK, &hold->before, NULL);
}
