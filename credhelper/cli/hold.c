#include "hold.h"

#include <stddef.h>

#include "attr.h"

#include "banned.h"

struct sf_hold sf_hold_begin(void)
{
	static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sf_hold hold;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < SF_COUNT(held); i++)
		sigaddset(&set, held[i]);
	sigprocmask(SIG_BLOCK, &set, &hold.before);
	return hold;
}

void sf_hold_end(struct sf_hold *hold)
{
	sigprocmask(SIG_SETMASK, &hold->before, NULL);
}
