/*
 * Parses the header of a request to the listener, strictly: one HTTP/1 request without a body. Does
 * not decide how to reply.
 */
#include "callback_request.h"

#include <string.h>
#include <strings.h>

#include "attr.h"

#include "banned.h"

#define HEADERS_MAX 100

struct span {
	const char *at;
	size_t len;
};

static bool is_span(struct span span, const char *text)
{
	return span.len == strlen(text) && memcmp(span.at, text, span.len) == 0;
}

static bool is_header(struct span name, const char *text)
{
	return name.len == strlen(text) && strncasecmp(name.at, text, name.len) == 0;
}

/*
 * No control character except tab: a lone CR or LF or a NUL could be read as the end of a line by
 * one parser and not by another.
 */
static bool is_clean(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.at[i] < ' ' && line.at[i] != '\t')
			return false;
	return !memchr(line.at, 0x7f, line.len);
}

/* The request line: GET /path?query HTTP/1.1 */
static bool read_request_line(struct span line, struct sf_callback_request *request)
{
	static const char versions[][10] = {" HTTP/1.1", " HTTP/1.0"};
	const size_t version_len = strlen(versions[0]);
	const char *space = memchr(line.at, ' ', line.len);
	struct span method = {line.at, space ? (size_t)(space - line.at) : 0};
	struct span target = {method.at + method.len + 1, 0};

	if (method.len == 0 || line.len < method.len + 1 + version_len)
		return false;
	target.len = line.len - method.len - 1 - version_len;
	if (target.len == 0 || target.at[0] != '/' || memchr(target.at, ' ', target.len) ||
	    memchr(target.at, '#', target.len) ||
	    (memcmp(target.at + target.len, versions[0], version_len) != 0 &&
		memcmp(target.at + target.len, versions[1], version_len) != 0))
		return false;

	const char *mark = memchr(target.at, '?', target.len);

	request->is_get = is_span(method, "GET");
	request->is_options = is_span(method, "OPTIONS");
	request->path = target.at;
	request->path_len = mark ? (size_t)(mark - target.at) : target.len;
	request->query = target.at + request->path_len + (mark != NULL);
	request->query_len = target.len - request->path_len - (mark != NULL);
	return true;
}

static struct span trim_blanks(struct span value)
{
	while (value.len > 0 && (value.at[0] == ' ' || value.at[0] == '\t')) {
		value.at++;
		value.len--;
	}
	while (value.len > 0 && (value.at[value.len - 1] == ' ' || value.at[value.len - 1] == '\t'))
		value.len--;
	return value;
}

/* One header field. Counts Host fields in *hosts. */
static bool read_header(struct span line, struct sf_callback_request *request, size_t *hosts)
{
	const char *colon = memchr(line.at, ':', line.len);
	struct span name = {line.at, colon ? (size_t)(colon - line.at) : 0};

	if (name.len == 0 || memchr(name.at, ' ', name.len) || memchr(name.at, '\t', name.len))
		return false;

	struct span value = trim_blanks((struct span){colon + 1, line.len - name.len - 1});

	if (is_header(name, "Host")) {
		request->host = value.at;
		request->host_len = value.len;
		(*hosts)++;
	}
	if (is_header(name, "Access-Control-Request-Private-Network"))
		request->asks_private_network = is_span(value, "true");
	return true;
}

enum sf_callback_request_state sf_callback_request_read(
    const char *bytes, size_t len, struct sf_callback_request *ret_request)
{
	struct sf_callback_request request = {.is_get = false};
	size_t at = 0, hosts = 0;

	for (size_t lines = 0; lines <= HEADERS_MAX + 1; lines++) {
		const char *end = memmem(bytes + at, len - at, "\r\n", 2);
		struct span line = {bytes + at, end ? (size_t)(end - bytes) - at : len - at};

		/*
		 * Check an incomplete line too, so that a bad request is refused at once; except
		 * its last byte, which may be the CR of a CRLF.
		 */
		if (!is_clean(end || line.len == 0 ? line : (struct span){line.at, line.len - 1}))
			return SF_CALLBACK_REQUEST_BAD;
		if (!end)
			return len < SF_CALLBACK_REQUEST_HEAD_MAX ? SF_CALLBACK_REQUEST_MORE
								  : SF_CALLBACK_REQUEST_BAD;
		if (lines > 0 && line.len == 0) {
			if (hosts != 1)
				return SF_CALLBACK_REQUEST_BAD;
			*ret_request = request;
			return SF_CALLBACK_REQUEST_WHOLE;
		}
		if (lines == 0 ? !read_request_line(line, &request)
			       : !read_header(line, &request, &hosts))
			return SF_CALLBACK_REQUEST_BAD;
		at += line.len + 2;
	}
	return SF_CALLBACK_REQUEST_BAD;
}
