/*
 * sfoauth-worker --self-test: does the sandbox allow what a request needs, and nothing else, with
 * this kernel and these libraries? Finds out before a login does.
 */
#pragma once

/*
 * Print one row a check to standard output: "ok" or "not ok", and what. 0 if all are ok, else 1.
 * Starts children and a listener on 127.0.0.1; nothing of it is left. Call before libcurl is
 * started.
 */
int sf_selftest_run(void);
