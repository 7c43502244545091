/* The rows of config.def, one by one. */
#pragma once

#include <stddef.h>

#include "config.h"

static inline size_t row_count(void)
{
	size_t count = 0;

	(void)sf_config_rows(&count);
	return count;
}

static inline const struct sf_config_row *row_at(size_t index)
{
	size_t unused;

	return sf_config_rows(&unused) + index;
}
