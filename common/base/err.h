/*
 * Errors as values. A function that can fail returns enum sf_err, and its last parameter is a
 * struct sf_error of the caller. SF_FAIL fills it once, where the failure is first detected.
 * Callers return both unchanged. On SF_OK the struct is untouched.
 * An expected outcome (still pending, nothing stored) is not an error but a typed output.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "language.h"

enum sf_err {
	SF_OK = 0,
#define SF_ERR(name, text, pam, exit_code, level, sentence) SF_E_##name,
#include "err.def"
#undef SF_ERR
	SF_ERR_COUNT
};

#define SF_ERROR_DETAIL_SIZE 160

struct sf_error {
	enum sf_err code;    /* err.def: PAM code, exit code, log level, sentence */
	const char *where;   /* source file that raised the error; static storage */
	int sys;             /* errno, CURLcode or HTTP status; 0 if none */
	bool is_unsafe_file; /* a file's owner, permissions or links break a rule of file.h */
	/* For the log. It names the thing and the limit; no secret, no final period. */
	char detail[SF_ERROR_DETAIL_SIZE];
};

/*
 * Fill e and return code: `return SF_FAIL(e, SF_E_CONFIG, errno, "cannot open %s", path);`
 * sys is errno, a CURLcode or an HTTP status; 0 if there is none. A detail that does not fit is
 * cut and ends with "...".
 */
#define SF_FAIL(e, code, sys, ...) sf_err_fill((e), (code), __FILE_NAME__, (sys), __VA_ARGS__)

SF_PRINTF(5, 6)
enum sf_err sf_err_fill(
    struct sf_error *e, enum sf_err code, const char *where, int sys, const char *format, ...);

/* The columns of a row, in static storage. An unknown code has those of BUG, never of success. */
const char *sf_err_name(enum sf_err code);     /* lower case: "unavailable"; SF_OK is "ok" */
const char *sf_err_sentence(enum sf_err code); /* for a person: what happened, what to do next */
const char *sf_err_sentence_in(enum sf_language language, enum sf_err code); /* err.de.def */
int sf_err_exit(enum sf_err code);  /* exit status; SF_OK is 0 */
int sf_err_level(enum sf_err code); /* log level: LOG_* of syslog(3) */
