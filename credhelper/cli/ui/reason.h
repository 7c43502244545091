/*
 * What a reason in an audit line means for the administrator: the texts of reason.def. Only the
 * command shows them; the module logs the name of the reason.
 */
#pragma once

#include <stddef.h>

#include "attr.h"
#include "language.h"

struct sf_reason {
	const char *name;     /* of a rule (rule.h), account class (account_class.h) or error */
	const char *holds;    /* rules only: what is true if the rule is met; else "" */
	const char *sentence; /* what happened, with {fields} of the line; "": err.def's */
	const char *remedy;   /* what to do, with {fields}; may be "" */
};

/* The row with this name; NULL if there is none. Static. */
const struct sf_reason *sf_reason_find(enum sf_language language, const char *name);
/* The row at this index, in the order of reason.def; NULL after the last. Static. */
const struct sf_reason *sf_reason_row(enum sf_language language, size_t index);
