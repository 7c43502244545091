/* failing.c, where it was preloaded; else these are NULL. */
#pragma once

#define FAILING_WEAK __attribute__((weak, visibility("default")))

FAILING_WEAK void failing_arm(long at); /* the at-th allocation from now on fails; 0: none does */
FAILING_WEAK void failing_disarm(void);
FAILING_WEAK long failing_seen(void); /* allocations while it was armed */
FAILING_WEAK long failing_live(void); /* how many of them have not been freed by now */
