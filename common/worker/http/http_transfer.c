/* The callbacks of one request, with the limits of a response, and what they end it for. */
#include "http_transfer.h"

#include <errno.h>
#include <string.h>

#include "http_header.h"
#include "stream.h"

#include "banned.h"

static size_t stop(struct sf_http_transfer *transfer, enum sf_err why)
{
	transfer->stop = why;
	transfer->sys = errno;
	return 0;
}

static size_t on_read(char *buffer, size_t size, size_t count, void *context)
{
	struct sf_http_transfer *transfer = context;
	size_t left = sf_secret_len(transfer->request->form) - transfer->sent;
	size_t len = size * count < left ? size * count : left;

	if (!transfer->sent && !sf_http_request_mark(transfer->request))
		return stop(transfer, SF_E_STORE) + CURL_READFUNC_ABORT;
	memcpy(buffer, sf_secret_reveal(transfer->request->form) + transfer->sent, len);
	transfer->sent += len;
	return len;
}

/* No body goes out twice. After a cut, libcurl 8 asks also for the next one: that one may start. */
static int on_seek(void *context, curl_off_t offset, int origin)
{
	const struct sf_http_transfer *transfer = context;

	return transfer->sent || offset || origin ? CURL_SEEKFUNC_FAIL : CURL_SEEKFUNC_OK;
}

static size_t refuse(struct sf_http_transfer *transfer, const char *rule)
{
	transfer->broken = rule;
	return stop(transfer, SF_E_ANSWER);
}

/* A line of a head, or a trailer. What counts of them is asked once they are complete. */
static size_t on_header(char *line, size_t size, size_t count, void *context)
{
	struct sf_http_transfer *transfer = context;
	size_t len = size * count;
	long status = 0;

	if (len > SF_HTTP_HEADERS_MAX - transfer->head_len)
		return refuse(transfer, "its size");
	transfer->head_len += len;
	/* libcurl 7.88 takes "HTTP/1.1 200x". */
	if (len > 12 && memcmp(line, "HTTP/1.", 7) == 0 && !memchr(" \r\n", line[12], 3))
		return refuse(transfer, "the status line");
	if (line[0] != '\r' && line[0] != '\n')
		return len;
	if (curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
		return stop(transfer, SF_E_BUG);
	if (status < 200) /* interim: another head follows */
		return len;
	transfer->has_head = true;

	const char *broken = sf_http_header_broken(transfer->easy);

	return broken ? refuse(transfer, broken) : len;
}

static size_t on_write(char *bytes, size_t size, size_t count, void *context)
{
	struct sf_http_transfer *transfer = context;
	size_t len = size * count;
	long status = 0;

	if (curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
		return stop(transfer, SF_E_BUG);
	if (!transfer->request->streams || status < 200 || status > 299)
		return sf_secret_add(transfer->body, bytes, len) ? len
								 : stop(transfer, SF_E_TOO_LARGE);
	if (len > SF_HTTP_BODY_MAX - transfer->streamed)
		return stop(transfer, SF_E_TOO_LARGE);
	if (!sf_stream_write(transfer->request->body_fd, transfer->deadline_ms, bytes, len))
		return stop(transfer, SF_E_STORE);
	transfer->streamed += len;
	return len;
}

bool sf_http_transfer_attach(struct sf_http_transfer *transfer)
{
	CURL *easy = transfer->easy;

	return curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_READDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SEEKDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

/* Up to 8.5, a line that is too long is a want of memory for libcurl; then CURLE_TOO_LARGE. */
static bool is_line_too_long(const struct sf_http_transfer *transfer, CURLcode code)
{
	return transfer->head_len > 0 && !transfer->has_head &&
	       (code == CURLE_OUT_OF_MEMORY || (int)code == 100);
}

/* Does libcurl not take the status line or a header field? */
static bool is_head_refused(const struct sf_http_transfer *transfer, CURLcode code)
{
	return !transfer->has_head &&
	       (code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL ||
		   code == CURLE_BAD_CONTENT_ENCODING);
}

enum sf_err sf_http_transfer_fail(
    const struct sf_http_transfer *transfer, CURLcode code, const char *words, struct sf_error *e)
{
	if (transfer->stop == SF_E_TOO_LARGE || code == CURLE_FILESIZE_EXCEEDED)
		return SF_FAIL(e, SF_E_TOO_LARGE, 0, "the answer is larger than %d bytes",
		    transfer->request->streams ? SF_HTTP_BODY_MAX : SF_HTTP_REPLY_MAX);
	if (transfer->stop == SF_E_STORE)
		return SF_FAIL(e, SF_E_STORE, transfer->sys, "body or mark cannot be written");
	if (is_line_too_long(transfer, code))
		return SF_FAIL(e, SF_E_TOO_LARGE, 0, "a line of the head is too long");
	if (transfer->stop == SF_E_ANSWER || is_head_refused(transfer, code))
		return SF_FAIL(e, SF_E_ANSWER, 0, "the head of the answer is refused for %s",
		    transfer->broken ? transfer->broken : words);
	return SF_OK;
}
