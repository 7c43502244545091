/*
 * Header fields of a response, read from libcurl by name, and the values that sfoauth uses. Does
 * not parse the header itself: libcurl does.
 */
#include "http_header.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "text.h"

#include "banned.h"

#define LENGTH_DIGITS_MAX 15

/* The index-th field of this name in the final header of the last request. NULL: there is none. */
static struct curl_header *find_field(CURL *easy, const char *name, size_t index)
{
	struct curl_header *found = NULL;

	return curl_easy_header(easy, name, index, CURLH_HEADER, /* request= */ -1, &found) ==
		       CURLHE_OK
		   ? found
		   : NULL;
}

const char *sf_http_header_last(CURL *easy, const char *name)
{
	const struct curl_header *found = find_field(easy, name, 0);

	if (found && found->amount > 1)
		found = find_field(easy, name, found->amount - 1);
	return found ? found->value : NULL;
}

const char *sf_http_header_broken(CURL *easy)
{
	const struct curl_header *found = NULL;

	for (size_t i = 0; (found = find_field(easy, "Content-Encoding", i)); i++)
		if (strcasecmp(found->value, "identity") != 0)
			return "an encoding that was not asked for";
	for (size_t i = 0; (found = find_field(easy, "Transfer-Encoding", i)); i++)
		if (strcasecmp(found->value, "chunked") != 0)
			return "an encoding that was not asked for";
		else if (found->amount > 1 || find_field(easy, "Content-Length", 0))
			return "a second length";
	found = find_field(easy, "Content-Length", 0);
	if (found && found->amount > 1)
		return "a second length";
	if (found && (!sf_text_has_only(found->value, SF_TEXT_DIGITS) ||
			 strlen(found->value) > LENGTH_DIGITS_MAX))
		return "its length";
	return NULL;
}

uint64_t sf_http_header_date_s(const char *value)
{
	struct tm when = {0};
	const char *end = strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &when);
	const time_t at = end && *end == '\0' ? timegm(&when) : -1;

	return at > 0 ? (uint64_t)at : 0;
}

uint32_t sf_http_header_retry_s(const char *value, uint64_t now_s)
{
	const uint64_t at_s = sf_http_header_date_s(value);
	uint32_t wait_s = 0;

	if (at_s > now_s && at_s - now_s <= SF_HTTP_HEADER_RETRY_MAX_S)
		return (uint32_t)(at_s - now_s);
	return sf_text_u32(value, 0, SF_HTTP_HEADER_RETRY_MAX_S, &wait_s) ? wait_s : 0;
}
