/*
 * What a reply of Salesforce means for the person: the texts of advice.def, by the reply class that
 * the worker names in FAIL. Only the command shows them; the module logs the reply class.
 */
#pragma once

#include "attr.h"
#include "language.h"

struct sf_advice {
	const char *row;      /* the name of the reply class in reply_class.def */
	const char *sentence; /* one or two sentences; may have {wait} and {words} */
	const char *setup;    /* the place in Salesforce Setup; may have {callbacks}, may be "" */
};

/* The advice for a reply class; NULL if there is none. Static. */
const struct sf_advice *sf_advice_find(const char *row);

/* The two texts in a language; English if German has no such row. Static. */
const char *sf_advice_sentence(enum sf_language language, const struct sf_advice *advice);
const char *sf_advice_setup(enum sf_language language, const struct sf_advice *advice);
