/*
 * The worker's half of sfoauth-selftest: the production request code inside the production sandbox,
 * against a peer that sfoauth-selftest starts.
 */
#pragma once

#include "err.h"

/*
 * Run one part of selftest_protocol.h. Returns the exit status: 0 if all rows are "ok", 1 if not, 2
 * if there is no such part. r and e are the result of sf_sandbox_drop_root. Call before
 * sf_http_start.
 */
int sf_selftest_run(const char *part, enum sf_err r, const struct sf_error *e);
