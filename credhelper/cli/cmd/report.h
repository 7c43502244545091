/*
 * Reports the failure of a command: sentences on standard error, and with --json an object on
 * standard output. The words come from advice.def if a reply of Salesforce caused the failure, else
 * from err.def.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "cmd.h"
#include "err.h"
#include "job.h"
#include "language.h"
#include "text.h"

/* A failure, and what its words depend on. All borrowed. */
struct sf_report {
	const struct sf_error *error;
	/* How the worker's last job ended; all zero if there was none. */
	const struct sf_job_result *end;
	const struct sf_org *org; /* has the callbacks that {callbacks} names; NULL: not known */
	enum sf_language language;
};

/*
 * Append the sentence for the person to ret_sentence, and to ret_setup what to change in Salesforce
 * Setup (nothing: ""). advice.def is used only if the worker's last job failed with this error.
 * False: a text does not fit.
 */
SF_CHECKED bool sf_report_words(
    const struct sf_report *failure, struct sf_text *ret_sentence, struct sf_text *ret_setup);

/*
 * Report e. Prints a reduced form if something does not fit or cannot be written: nobody could
 * handle a second failure here.
 */
void sf_report_say(const struct sf_cmd *cmd, const struct sf_error *e);

/*
 * text itself if it is clean, else escaped into ret: the text may come from a server, and escape
 * sequences could rewrite what the terminal shows.
 */
const char *sf_report_printable(const char *text, char *ret, size_t size);
