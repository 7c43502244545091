/*
 * One audit line of the module (log.h), read back and put into words: reason.def, and advice.def
 * where an answer of Salesforce's is the reason, in the person's language.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "text.h"

/* In the order of the line. */
#define SF_AUDIT_LINE_FIELDS(X)                                                                    \
	X(result)                                                                                  \
	X(ref)                                                                                     \
	X(reason)                                                                                  \
	X(service)                                                                                 \
	X(phase) X(user) X(uid) X(org) X(sf_id) X(sf_user) X(flow) X(rhost) X(token) X(why)

#define SF_AUDIT_LINE_VALUE_SIZE 520

/*
 * As the line has them, without quotes; what a terminal must not see stays escaped. "-" where
 * nothing is known.
 */
struct sf_audit_line {
#define X(name) char name[SF_AUDIT_LINE_VALUE_SIZE];
	SF_AUDIT_LINE_FIELDS(X)
#undef X
};

/*
 * The line from "sfoauth: result=" on, to its end. False: not all fields, another order, something
 * else between or behind them, or bytes that a terminal must not see. Anybody can write to a log.
 */
SF_CHECKED bool sf_audit_line_parse(const char *line, struct sf_audit_line *ret_refusal);

/* What happened, and what to do ("" for nothing). False: does not fit. */
SF_CHECKED bool sf_audit_line_words(
    const struct sf_audit_line *refusal, struct sf_text *ret_sentence, struct sf_text *ret_remedy);

/*
 * A reference as people type it, small or without its dash -> as the log has it. False: it is none.
 */
#define SF_AUDIT_LINE_REF_SIZE 10
SF_CHECKED bool sf_audit_line_ref(const char *typed, char ret_ref[static SF_AUDIT_LINE_REF_SIZE]);
