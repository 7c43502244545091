/*
 * The header fields of a response: libcurl parses and stores them; these functions check and read
 * them. They ignore interim responses, a proxy's response to CONNECT, and trailers.
 */
#pragma once

#include <stdint.h>

#include <curl/curl.h>

#define SF_HTTP_HEADERS_MAX (64 * 1024) /* bytes of one response, with interim ones and trailers */

/*
 * The rule that the final header breaks (static text); NULL: none. The body must have exactly one
 * length, a number or "chunked", and no content encoding except "identity". libcurl is laxer: it
 * decodes other encodings with more libraries, and uses the last of two lengths. Call at the empty
 * line, before the body.
 */
const char *sf_http_header_broken(CURL *easy);

/*
 * The value of the last field of this name, without surrounding blanks; NULL: there is none. Valid
 * until the next request.
 */
const char *sf_http_header_last(CURL *easy, const char *name);

/* Parse a Date in the preferred form of RFC 9110: s since the epoch, 0 if it is malformed. */
uint64_t sf_http_header_date_s(const char *value);

#define SF_HTTP_HEADER_RETRY_MAX_S (24 * 3600)
/*
 * Parse a Retry-After (seconds or a date): the time to wait in s. 0: malformed, in the past, or
 * longer than a day. now_s is what a date is compared with: the server's Date if it sent one.
 */
uint32_t sf_http_header_retry_s(const char *value, uint64_t now_s);
