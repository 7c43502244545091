/*
 * Prints results of checks for verify and doctor: what was checked, the result, the
 * remedy. As text one line a check with the remedy below, or as JSON in the array `checks`. On a
 * terminal texts are wrapped between words, except lines that are meant to be copied.
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
	SF_CHECK_SKIPPED, /* could not be tried, or does not apply; no failure */
};

struct sf_check {
	const char *name; /* a fixed word, part of the JSON interface */
	enum sf_check_result result;
	const char *said; /* what was found; no final period */
	/*
	 * Sentences that say what to do; NULL or "" for nothing. A line that begins with a space is
	 * meant to be copied, and is never wrapped: half a line of a PAM stack locks people out.
	 */
	const char *remedy;
	enum sf_err reason; /* SF_OK, or the error of a failed check */
};

/*
 * Print one check on standard output, or append it to out's array `checks`. Texts may come from
 * servers and files: control characters are escaped.
 */
void sf_report_checks_show(
    const struct sf_cmd *cmd, const struct sf_check *check, struct sf_json_out *out);

/* The same for a call that failed with e: said is its detail, remedy the report of report.h. */
void sf_report_checks_show_failed(
    const struct sf_cmd *cmd, const char *name, const struct sf_error *e, struct sf_json_out *out);
