/*
 * The protocol between sfoauth-selftest and the worker that it starts. The worker's only argument
 * is SF_SELFTEST_ARGUMENT followed by the name of a part. The worker writes its results to
 * descriptor 4, one line each: "ok" or "not ok", and what was checked.
 */
#pragma once

#define SF_SELFTEST_ARGUMENT "--self-test="
/*
 * Send two requests to the peer, then try what the sandbox must refuse. Descriptor 5 has the peer's
 * port on 127.0.0.1, a line end, and its certificate in PEM. The POST has SF_SELFTEST_FORM as body.
 */
#define SF_SELFTEST_REQUESTS "requests"
#define SF_SELFTEST_FORM     "a=b"
/* Receive a callback on the listener on descriptor 6, and send a page: "HTTP/1.1 200 OK". */
#define SF_SELFTEST_BROWSER "browser"
#define SF_SELFTEST_STATE   "self-test"
#define SF_SELFTEST_HOST    "localhost:1"
#define SF_SELFTEST_PATH    "/self-test"
/* Run a program. The kernel must kill the worker for it, so there is no result line. */
#define SF_SELFTEST_EXEC "exec"
