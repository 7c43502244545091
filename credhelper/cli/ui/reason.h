/*
 * Words for the administrator about a reason in an audit line: reason.def, reason.de.def in German.
 * Only the command shows them; the module's log has the reason.
 */
#pragma once

#include <stddef.h>

#include "attr.h"
#include "language.h"

struct sf_reason {
	const char *name;     /* of a rule or class (rule.h, account_class.h), or of a row of err.def */
	const char *holds;    /* a rule: what holds where nothing is refused; else "" */
	const char *sentence; /* what happened, with {fields} of the line; "": err.def's */
	const char *remedy;   /* what to do, with {fields}; or "" */
};

/* NULL for a name that is not there. Static. */
const struct sf_reason *sf_reason_find(enum sf_language language, const char *name);
/* The rows in order; NULL behind the last. */
const struct sf_reason *sf_reason_row(enum sf_language language, size_t index);
