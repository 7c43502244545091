#include "reason.h"

#include <string.h>

#include "banned.h"

static const struct sf_reason reasons[] = {
#define SF_REASON(name, holds, sentence, remedy) {name, holds, sentence, remedy},
#include "reason.def"
#undef SF_REASON
};

const struct sf_reason *sf_reason_row(size_t index)
{
	return index < SF_COUNT(reasons) ? &reasons[index] : NULL;
}

const struct sf_reason *sf_reason_find(const char *name)
{
	for (size_t i = 0; i < SF_COUNT(reasons); i++)
		if (strcmp(reasons[i].name, name) == 0)
			return &reasons[i];
	return NULL;
}
