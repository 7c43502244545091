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

#define SF_HTTP_HEAD_MAX (64 * 1024) /* all lines of one answer, interim answers and trailers too */

/* All zero at the start of an answer. */
struct sf_http_head {
	size_t len;
	bool is_begun;  /* a status line came */
	bool is_final;  /* of 200 or above */
	bool is_framed; /* it says how long the body is */
	bool is_whole;  /* and its empty line came */
	/* Times in the one form of RFC 9110 that may be sent, s since the epoch; 0: not said. */
	uint64_t date_s;     /* Date */
	uint64_t retry_at_s; /* Retry-After, as a date */
	uint64_t retry_s;    /* Retry-After, as a number of seconds; 0: not said */
	const char *broken;  /* static: which rule; NULL: none */
};

/*
 * The next line, with its end. False, with the rule in head->broken: a line that is none of
 * HTTP/1.0's or 1.1's, an encoding other than "identity" or a transfer encoding other than
 * "chunked", a length that is no number or stands twice, more than SF_HTTP_HEAD_MAX bytes.
 */
SF_CHECKED bool sf_http_head_line(struct sf_http_head *head, const char *line, size_t len);

#define SF_HTTP_HEAD_RETRY_MAX_S (24 * 3600)
/*
 * How long Retry-After asks to wait; 0: it does not, or for longer than a day. A date is compared
 * with the server's own clock where it says what that is, else with now_s.
 */
uint32_t sf_http_head_retry_s(const struct sf_http_head *head, uint64_t now_s);
