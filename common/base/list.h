/*
 * A list of texts: the words of a configuration key, the callbacks of an org. A zeroed struct is an
 * empty list. No text is NULL.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"

struct sf_list {
	char **items; /* owned; each NUL-terminated, none empty */
	size_t count;
};

/* Whether an item equals this one byte for byte. */
bool sf_list_has(const struct sf_list *list, const char *item);
/* Append a copy. False: no memory, and the list is unchanged. */
SF_CHECKED bool sf_list_add(struct sf_list *list, const char *item);
/* Free all items. The list is empty afterwards; for SF_CLEANUP. */
void sf_list_clear(struct sf_list *list);
