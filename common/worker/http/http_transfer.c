/*
 * libcurl's callbacks for one request: they send the form once, and enforce the limits of header
 * and body. Does not interpret the reply.
 */
#include "http_transfer.h"

#include <errno.h>
#include <string.h>

#include "http_header.h"
#include "stream.h"

#include "banned.h"

/* Record why the callback ends the transfer. 0 makes libcurl abort. */
static size_t stop(struct sf_http_transfer *transfer, enum sf_err why)
{
	transfer->stop = why;
	transfer->sys = errno;
	return 0;
}

/* libcurl needs the next bytes of the form. The mark is written before the first one. */
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

/*
 * libcurl rewinds the form to send it again: refused once a byte is sent, because a code or refresh
 * token works only once. After a cut connection, libcurl 8 also rewinds the form of the next
 * request, of which nothing is sent yet: that is allowed.
 */
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

/*
 * One line of a header, or a trailer. Checks size and status line here, the fields at the empty
 * line that ends the final header.
 */
static size_t on_header(char *line, size_t size, size_t count, void *context)
{
	struct sf_http_transfer *transfer = context;
	size_t len = size * count;
	long status = 0;

	if (len > SF_HTTP_HEADERS_MAX - transfer->head_len)
		return stop(transfer, SF_E_TOO_LARGE);
	transfer->head_len += len;
	/* libcurl 7.88 accepts "HTTP/1.1 200x". */
	if (len > 12 && memcmp(line, "HTTP/1.", 7) == 0 && line[12] != ' ' && line[12] != '\r' &&
	    line[12] != '\n')
		return refuse(transfer, "the status line");
	if (line[0] != '\r' && line[0] != '\n')
		return len;
	if (curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
		return stop(transfer, SF_E_BUG);
	if (status < 200) /* interim response: another header follows */
		return len;
	transfer->has_head = true;

	const char *broken = sf_http_header_broken(transfer->easy);

	return broken ? refuse(transfer, broken) : len;
}

/*
 * Bytes of the body: to body_fd if the request streams and the status is 2xx, else to memory. A web
 * page is never what a streaming request asked for: its bytes are dropped, and its head says html.
 */
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
	transfer->streamed += len;
	if (sf_http_reply_is_html(
		sf_http_header_last(transfer->easy, "Content-Type"), transfer->body))
		return len;
	if (!sf_stream_write(transfer->request->body_fd, transfer->deadline_ms, bytes, len))
		return stop(transfer, SF_E_STORE);
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

/*
 * Is the header too large for us, or one of its lines, or their number, for libcurl? Up to 8.5
 * libcurl reports CURLE_OUT_OF_MEMORY, later CURLE_TOO_LARGE (100), which is not in older headers.
 */
static bool is_header_too_large(const struct sf_http_transfer *transfer, CURLcode code)
{
	return transfer->head_len > 0 && !transfer->has_head &&
	       (transfer->stop == SF_E_TOO_LARGE || code == CURLE_OUT_OF_MEMORY ||
		   (int)code == 100);
}

/* Did libcurl refuse the status line or a header field? */
static bool is_head_refused(const struct sf_http_transfer *transfer, CURLcode code)
{
	return !transfer->has_head &&
	       (code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL ||
		   code == CURLE_BAD_CONTENT_ENCODING);
}

enum sf_err sf_http_transfer_fail(
    const struct sf_http_transfer *transfer, CURLcode code, const char *words, struct sf_error *e)
{
	if (is_header_too_large(transfer, code))
		return SF_FAIL(e, SF_E_TOO_LARGE, 0, "the header of the reply is too large");
	if (transfer->stop == SF_E_TOO_LARGE || code == CURLE_FILESIZE_EXCEEDED)
		return SF_FAIL(e, SF_E_TOO_LARGE, 0, "the reply is larger than %d bytes",
		    transfer->request->streams ? SF_HTTP_BODY_MAX : SF_HTTP_REPLY_MAX);
	if (transfer->stop == SF_E_STORE)
		return SF_FAIL(e, SF_E_STORE, transfer->sys, "cannot write the body or the mark");
	if (transfer->stop == SF_E_ANSWER || is_head_refused(transfer, code))
		return SF_FAIL(e, SF_E_ANSWER, 0, "the header of the reply is refused: %s",
		    transfer->broken ? transfer->broken : words);
	return SF_OK;
}
