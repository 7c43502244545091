/*
 * The worker's half of sfoauth-selftest: the real request path, inside the real sandbox, against a
 * peer that sfoauth-selftest plays.
 */
#pragma once

#include "err.h"

/*
 * Do one part of selftest_protocol.h. 0 if all its rows are ok, else 1; 2 if there is no such part.
 * r and e are what the drop of root ended in. Call before libcurl is started.
 */
int sf_selftest_run(const char *part, enum sf_err r, const struct sf_error *e);
