/* A list of texts: the words of a key, the callbacks of an org. No text may be NULL. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"

struct sf_list {
	char **items; /* owned; each NUL-terminated, none empty */
	size_t count;
};

bool sf_list_has(const struct sf_list *list, const char *item);      /* byte for byte */
SF_CHECKED bool sf_list_add(struct sf_list *list, const char *item); /* copies; false: no memory */
void sf_list_clear(struct sf_list *list);
