/* Blocks signals in the worker, for the whole job. */
#include "signals.h"

#include <errno.h>
#include <signal.h>

#include "banned.h"

enum sf_err sf_signals_hold(struct sf_error *e)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	static const int unblocked[] = {SIGSYS, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
	sigset_t blocked;

	sigfillset(&blocked);
	for (size_t i = 0; i < SF_COUNT(unblocked); i++)
		sigdelset(&blocked, unblocked[i]);
	if (sigaction(SIGPIPE, &ignore, NULL) != 0 || sigprocmask(SIG_SETMASK, &blocked, NULL) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot block signals");
	return SF_OK;
}
