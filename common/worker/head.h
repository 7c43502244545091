/*
 * The head of an HTTP answer, read line by line and strictly: libcurl takes a head that is cut,
 * a status with letters, any number of lines, and encodings nobody asked for, which it undoes with
 * more libraries.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"

#define SF_HEAD_MAX (64 * 1024) /* all lines of one answer, interim answers and trailers too */

/* All zero at the start of an answer. */
struct sf_head {
	size_t len;
	bool is_begun;  /* a status line came */
	bool is_final;  /* of 200 or above */
	bool is_framed; /* it says how long the body is */
	bool is_whole;  /* and its empty line came */
	uint64_t
	    date_s; /* Date, s since the epoch; 0: not said, or in another form than RFC 9110's */
	const char *broken; /* static: which rule; NULL: none */
};

/*
 * The next line, with its end. False, with the rule in head->broken: a line that is none of
 * HTTP/1.0's or 1.1's, an encoding other than "identity" or a transfer encoding other than
 * "chunked", a length that is no number or stands twice, more than SF_HEAD_MAX bytes.
 */
SF_CHECKED bool sf_head_line(struct sf_head *head, const char *line, size_t len);
