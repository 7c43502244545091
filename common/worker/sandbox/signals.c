#include "signals.h"

#include <errno.h>
#include <signal.h>

#include "banned.h"

enum sf_err sf_signals_hold(struct sf_error *e)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	static const int through[] = {SIGSYS, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
	sigset_t held;

	sigfillset(&held);
	for (size_t i = 0; i < SF_COUNT(through); i++)
		sigdelset(&held, through[i]);
	if (sigaction(SIGPIPE, &ignore, NULL) != 0 || sigprocmask(SIG_SETMASK, &held, NULL) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "signals cannot be held");
	return SF_OK;
}
