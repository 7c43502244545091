/*
 * Signals are held for the whole job: a rotated token must reach its record, and a token that
 * nobody wants must be revoked. Closing the other end of descriptor 3 ends the job early; SIGKILL
 * ends it at once. What the processor and the sandbox raise comes through.
 */
#pragma once

#include "attr.h"
#include "err.h"

/* Fails with SYSTEM. */
SF_CHECKED enum sf_err sf_signals_hold(struct sf_error *e);
