/*
 * Between sfoauth-selftest and the worker that it starts: the worker's one argument is
 * SF_SELFTEST_ARGUMENT and a part. Rows, "ok" or "not ok" and what was checked, come out of
 * descriptor 4, a line each.
 */
#pragma once

#define SF_SELFTEST_ARGUMENT "--self-test="
/*
 * Two requests to the peer, then what the sandbox must refuse. Descriptor 5 has the peer's port on
 * 127.0.0.1, a line end, and its certificate in PEM. The form that is posted is SF_SELFTEST_FORM.
 */
#define SF_SELFTEST_REQUESTS "requests"
#define SF_SELFTEST_FORM     "a=b"
/* Hear a callback that comes to the listener on descriptor 6, show a page: "HTTP/1.1 200 OK". */
#define SF_SELFTEST_BROWSER "browser"
#define SF_SELFTEST_STATE   "self-test"
#define SF_SELFTEST_HOST    "localhost:1"
#define SF_SELFTEST_PATH    "/self-test"
/* Run a program, for which the kernel must kill: no row, and it never returns. */
#define SF_SELFTEST_EXEC "exec"
