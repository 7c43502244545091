/*
 * What is said of a failure: words on standard error, and with --json an object on standard output.
 * Where an answer of Salesforce's is the reason, advice.def has the words; otherwise err.def.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "cmd.h"
#include "err.h"
#include "job.h"
#include "language.h"
#include "text.h"

/* What happened, and to whom the words go. */
struct sf_report {
	const struct sf_error *error;
	const struct sf_job_result
	    *end;                 /* how the worker's last job ended; all zero if there was none */
	const struct sf_org *org; /* for the callbacks; NULL: not known */
	enum sf_language language;
};

/*
 * The sentence, and what to change in Setup ("" for nothing), as one text each. The row is only
 * taken where its failure is the one to tell. False: does not fit.
 */
SF_CHECKED bool sf_report_words(
    const struct sf_report *failure, struct sf_text *ret_sentence, struct sf_text *ret_setup);

/* Say it. Never fails: there is nobody left to tell. */
void sf_report_say(const struct sf_cmd *cmd, const struct sf_error *e);

/* As it is, or escaped into ret where it would do something to a terminal. */
const char *sf_report_printable(const char *text, char *ret, size_t size);
