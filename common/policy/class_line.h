/*
 * The debug line about the class of an account. The module writes it and sfoauth-try parses it;
 * the format is only here.
 */
#pragma once

#include <stdbool.h>

#include "account_class.h"
#include "attr.h"
#include "text.h"

#define SF_CLASS_LINE_PHASE_SIZE 16

struct sf_class_line {
	char phase[SF_CLASS_LINE_PHASE_SIZE]; /* "auth", "cred", "account", "open" */
	enum sf_class account_class;
	enum sf_class_reason reason;
};

/* Append "class=local reason=low_uid phase=auth". False: it does not fit. */
SF_CHECKED bool sf_class_line_format(const struct sf_class_line *line, struct sf_text *ret_text);
/* Parse a whole log line, "sfoauth: class=...". False: it is no such line. */
SF_CHECKED bool sf_class_line_parse(const char *text, struct sf_class_line *ret_line);
/* Find the reason with this name. False: there is none. */
SF_CHECKED bool sf_class_reason_find(const char *name, enum sf_class_reason *ret_reason);
