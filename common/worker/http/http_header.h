/*
 * The header fields of a response: libcurl parses and keeps them, here they are checked and read.
 * Interim responses, a proxy's response to CONNECT and trailers do not count.
 */
#pragma once

#include <stdint.h>

#include <curl/curl.h>

#define SF_HTTP_HEADERS_MAX (64 * 1024) /* bytes of one response, interim ones and trailers too */

/*
 * Which rule the final head breaks (static text), NULL: none. There is one length of the body, a
 * number or "chunked", and no content encoding but "identity": libcurl undoes any transfer encoding
 * with more libraries, and takes the last of two lengths. Call at the empty line, before the body.
 */
const char *sf_http_header_broken(CURL *easy);

/* The last field of this name, without blanks around it; NULL: none. Dies with the next request. */
const char *sf_http_header_last(CURL *easy, const char *name);

/* A value of Date in the one form of RFC 9110 that may be sent, s since the epoch; else 0. */
uint64_t sf_http_header_date_s(const char *value);

#define SF_HTTP_HEADER_RETRY_MAX_S (24 * 3600)
/*
 * A value of Retry-After, a number of seconds or a date, as the time to wait; 0: none, or longer
 * than a day. A date is compared with now_s, the server's own clock where that is known.
 */
uint32_t sf_http_header_retry_s(const char *value, uint64_t now_s);
