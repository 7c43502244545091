/*
 * The debug line about an account's class: written by the module, read back by sfoauth-try. One
 * format, here.
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

/* "class=local reason=low_uid phase=auth". False: does not fit. */
SF_CHECKED bool sf_class_line_format(const struct sf_class_line *line, struct sf_text *ret_text);
/* A line of the log, "sfoauth: class=...", to its end. False: it is no such line. */
SF_CHECKED bool sf_class_line_parse(const char *text, struct sf_class_line *ret_line);
/* The reason of that name. False: there is none. */
SF_CHECKED bool sf_class_reason_find(const char *name, enum sf_class_reason *ret_reason);
