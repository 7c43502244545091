#include "advice.h"

#include <stddef.h>
#include <string.h>

#include "banned.h"

const struct sf_advice *sf_advice_find(const char *row)
{
	static const struct sf_advice advices[] = {
#define SF_ADVICE(row, sentence, setup) {#row, sentence, setup},
#include "advice.def"
#undef SF_ADVICE
	};

	for (size_t i = 0; i < SF_COUNT(advices); i++)
		if (strcmp(advices[i].row, row) == 0)
			return &advices[i];
	return NULL;
}
