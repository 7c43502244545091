/*
 * Signals are blocked for the whole job: a rotated refresh token must reach its record, and a token
 * that the caller rejects must be revoked. The caller ends a job early by closing its end of
 * descriptor 3, or at once by SIGKILL. Signals that the processor or the sandbox raises are not
 * blocked.
 */
#pragma once

#include "attr.h"
#include "err.h"

/* Block all signals except SIGSYS and faults, and ignore SIGPIPE. Fails with SYSTEM. */
SF_CHECKED enum sf_err sf_signals_hold(struct sf_error *e);
