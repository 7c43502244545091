/*
 * One audit line of the module (log.h), parsed, and explained in the person's language: by
 * advice.def if a reply of Salesforce is the reason, else by reason.def.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "text.h"

/* The fields, in the order of the line. */
#define SF_AUDIT_LINE_FIELDS(X)                                                                    \
	X(result)                                                                                  \
	X(ref)                                                                                     \
	X(reason)                                                                                  \
	X(service)                                                                                 \
	X(phase) X(user) X(uid) X(org) X(sf_id) X(sf_user) X(flow) X(rhost) X(token) X(why)

#define SF_AUDIT_LINE_VALUE_SIZE 520

/*
 * The values of a line, without quotes. Bytes that a terminal must not see stay escaped. An unknown
 * value is "-".
 */
struct sf_audit_line {
#define X(name) char name[SF_AUDIT_LINE_VALUE_SIZE];
	SF_AUDIT_LINE_FIELDS(X)
#undef X
};

/*
 * Parse a line that starts with "sfoauth: result=". False: a field is missing, out of order or too
 * long, there is other text between or after the fields, or a byte that a terminal must not see.
 * The form is strict because anybody can write to a log.
 */
SF_CHECKED bool sf_audit_line_parse(const char *line, struct sf_audit_line *ret_audit);

/* Append what happened, and what to do ("" for nothing). False: a text is full. */
SF_CHECKED bool sf_audit_line_words(
    const struct sf_audit_line *audit, struct sf_text *ret_sentence, struct sf_text *ret_remedy);

#define SF_AUDIT_LINE_REF_SIZE 10 /* "7K3F-Q2PD" */

/*
 * Turn a reference as people type it, in lower case or without its dash, into the form of the log.
 * False: typed is no reference.
 */
SF_CHECKED bool sf_audit_line_ref(const char *typed, char ret_ref[static SF_AUDIT_LINE_REF_SIZE]);
