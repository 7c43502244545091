/*
 * Words for the person about an answer of Salesforce's: advice.def, by the row that the worker
 * names in FAIL. Only the command shows them; the module's log has the row.
 */
#pragma once

#include "attr.h"
#include "language.h"

struct sf_advice {
	const char *row;      /* of reply_class.def */
	const char *sentence; /* one or two, with {wait}, {words} or none */
	const char *setup; /* where an administrator changes it, with {callbacks} or none; or "" */
};

/* NULL for a row that is not there. Static. */
const struct sf_advice *sf_advice_find(const char *row);

/* The two texts in a language; what German lacks is English. Static. */
const char *sf_advice_sentence(enum sf_language language, const struct sf_advice *advice);
const char *sf_advice_setup(enum sf_language language, const struct sf_advice *advice);
