/*
 * The self-test's browser: the sandbox of the browser flow, and a visitor who brings a callback.
 */
#pragma once

#include <stdbool.h>

/* Is the callback heard inside the sandbox, and the page shown, without a refused system call? */
bool sf_selftest_callback_run(void);
