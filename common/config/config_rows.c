/* The rows of config.def with their prose, for tests. No program links this file. */
#include "config.h"

#include "banned.h"

static const struct sf_config_row rows[] = {
#define SF_KEY(section, key, TYPE, default_text, min, max, choices, help)                          \
	{#section, #key, #TYPE, default_text, choices, help, min, max},
#include "config.def"
#undef SF_KEY
};

const struct sf_config_row *sf_config_rows(size_t *ret_count)
{
	*ret_count = SF_COUNT(rows);
	return rows;
}
