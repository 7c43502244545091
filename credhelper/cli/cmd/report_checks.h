/*
 * Rows of checks, as verify shows them: what was tried, whether it holds, what helps. In words,
 * one line each and the remedy below, or as JSON in the array `checks`. On a terminal lines end
 * between words, but one that is to be copied is whole.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "cmd.h"
#include "err.h"
#include "json_out.h"

enum sf_check_result {
	SF_CHECK_OK,
	SF_CHECK_FAILED,
	SF_CHECK_SKIPPED, /* could not be tried, or makes no sense here: no failure */
};

struct sf_check {
	const char *name; /* a fixed word: programs may look for it */
	enum sf_check_result result;
	const char *said; /* what was found, without a period */
	/*
	 * Sentences; NULL or "" where nothing is to be done. A line of it that begins with a blank
	 * is to be copied.
	 */
	const char *remedy;
	enum sf_err reason; /* SF_OK, or why it failed */
};

/* out NULL: words on standard output. Texts are escaped where they are not clean. */
void sf_report_checks_show(
    const struct sf_cmd *cmd, const struct sf_check *check, struct sf_json_out *out);

/* The row of a call that has failed with e: its detail, and as remedy what main would say. */
void sf_report_checks_show_failed(
    const struct sf_cmd *cmd, const char *name, const struct sf_error *e, struct sf_json_out *out);
