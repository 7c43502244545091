/*
 * What a program can find changed about itself after a library has been in it: signals, mask,
 * umask, environment, descriptors, threads, locale, directory, limits, credentials, timers,
 * mapped files, children. As text, one line each.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* Owned by the caller: free(3). NULL: it cannot be had. */
char *snapshot_take(void);

/* Print to out the lines that are in one only, each with a prefix. True if there is none. */
bool snapshot_is_same(FILE *out, const char *before, const char *after);

/* One number of /proc/self/status, such as "VmRSS:"; -1 if it is not there. */
long snapshot_status(const char *name);
/* Open descriptors, and children that nobody has waited for. */
long snapshot_fds(void);
long snapshot_children(void);
