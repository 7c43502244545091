/* States of a host that a well-behaved module survives and leaves as they are. */
#pragma once

#include <stddef.h>

struct trait {
	char name[20];
	void (*set)(void);      /* before the first login, for good */
	void *(*noise)(void *); /* a thread that runs beside the logins until it is told to end */
	size_t stack_size;      /* of threads that log in; 0: the usual */
};

/* NULL: no such trait. Without a name: the at-th, NULL past the last. */
const struct trait *trait_find(const char *name);
const struct trait *trait_at(size_t at);

/* Tell the noise to end. */
void trait_stop(void);
