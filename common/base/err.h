/*
 * Failures as values. A function that can fail returns enum sf_err and takes a caller-owned
 * struct sf_error last;
 * it fills that once, where the failure is first seen, with SF_FAIL. Callers forward both
 * unchanged.
 * An expected outcome (still pending, nothing stored) is not a failure: it is a typed out-value.
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
	enum sf_err code;  /* err.def: PAM code, exit code, log level, sentence */
	const char *where; /* source file that failed (static storage) */
	int sys;           /* errno, CURLcode or HTTP status; 0 if none */
	bool is_unsafe_file; /* a file's owner, permissions or links break a rule of file.h */
	/* For the log: no secret, no final period, names the thing and the limit. */
	char detail[SF_ERROR_DETAIL_SIZE];
};

/*
 * Fill e and return code: `return SF_FAIL(e, SF_E_CONFIG, errno, "cannot open %s", path);`
 * A detail that does not fit is cut with "..."; it is for the log only.
 */
#define SF_FAIL(e, code, sys, ...) sf_err_fill((e), (code), __FILE_NAME__, (sys), __VA_ARGS__)

SF_PRINTF(5, 6)
enum sf_err sf_err_fill(
    struct sf_error *e, enum sf_err code, const char *where, int sys, const char *format, ...);

/* The row's parts. An unknown code reads as BUG, never as success. */
const char *sf_err_name(enum sf_err code); /* lower case, static: "unavailable"; SF_OK is "ok" */
const char *sf_err_sentence(enum sf_err code); /* static, one or two sentences for a person */
const char *sf_err_sentence_in(enum sf_language language, enum sf_err code); /* err.de.def */
int sf_err_exit(enum sf_err code);  /* exit status; SF_OK is 0 */
int sf_err_level(enum sf_err code); /* LOG_* of syslog(3) */
