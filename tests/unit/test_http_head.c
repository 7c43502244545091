#include "http_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

/* All lines of text, as libcurl gives them. */
static bool read_all(struct sf_http_head *head, const char *text, size_t len)
{
	memset(head, 0, sizeof(*head));
	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t line_len = end ? (size_t)(end - text) + 1 - at : len - at;

		if (!sf_http_head_line(head, text + at, line_len))
			return false;
		at += line_len;
	}
	return true;
}

#define READ(head, text) read_all(head, text, sizeof(text) - 1)
#define OK               "HTTP/1.1 200 OK\r\n"

static void test_whole(void **state)
{
	struct sf_http_head head;

	(void)state;
	assert_true(READ(&head, OK "Server: x\r\nEmpty:\r\n\r\n"));
	assert_true(head.is_whole);
	assert_true(READ(&head, "HTTP/1.0 599\nA: b\n\n"));
	assert_true(head.is_whole);
	assert_true(READ(&head, OK "Transfer-encoding: \tChunked \r\n\r\n"));
	assert_true(READ(&head, OK "content-encoding:identity\r\n\r\n"));
	assert_true(READ(&head, OK "\r\nX-Trailer: y\r\n\r\n"));
	assert_true(head.is_whole);
}

static void test_cut(void **state)
{
	static const char text[] = OK "Server: x\r\nContent-Length: 3\r\n\r\n";
	struct sf_http_head head;

	(void)state;
	for (size_t len = 0; len < sizeof(text) - 2; len++) {
		(void)read_all(&head, text, len);
		assert_false(head.is_whole);
	}
}

static void test_interim(void **state)
{
	struct sf_http_head head;

	(void)state;
	assert_true(READ(&head, "HTTP/1.1 100 Continue\r\n\r\n"));
	assert_false(head.is_whole);
	assert_true(READ(&head, "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" OK "A: b\r\n\r\n"));
	assert_true(head.is_whole);
}

static void test_status_line(void **state)
{
	static const char *const bad[] = {"HTTP/1.1 200x OK\r\n", "HTTP/1.1 20\r\n",
	    "HTTP/1.1 2000 OK\r\n", "HTTP/2 200 OK\r\n", "HTTP/1.2 200 OK\r\n",
	    "http/1.1 200 OK\r\n", "HTTP/1.1  200 OK\r\n", "HTTP/1.1\t200 OK\r\n",
	    "HTTP/1.1 600 No\r\n", "HTTP/1.1 000 No\r\n", "ICY 200 OK\r\n", " HTTP/1.1 200 OK\r\n",
	    "{}\n", "\r\n"};
	struct sf_http_head head;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(bad); i++) {
		assert_false(read_all(&head, bad[i], strlen(bad[i])));
		assert_string_equal(head.broken, "the status line");
	}
}

static void test_fields(void **state)
{
	struct sf_http_head head;

	(void)state;
	assert_false(READ(&head, OK "no colon\r\n"));
	assert_false(READ(&head, OK ": no name\r\n"));
	assert_false(READ(&head, OK "A : b\r\n"));
	assert_false(READ(&head, OK "A: b\r\n c\r\n"));
	assert_false(READ(&head, OK "A: b\0c\r\n"));
	assert_false(READ(&head, OK "A: b\rB: c\r\n"));
	assert_string_equal(head.broken, "a control character");
}

static void test_encodings(void **state)
{
	struct sf_http_head head;

	(void)state;
	assert_false(READ(&head, OK "Transfer-Encoding: gzip\r\n"));
	assert_false(READ(&head, OK "transfer-encoding: gzip, chunked\r\n"));
	assert_false(READ(&head, OK "Transfer-Encoding:\r\n"));
	assert_false(READ(&head, OK "Content-Encoding: br\r\n"));
	assert_string_equal(head.broken, "an encoding that was not asked for");
}

static void test_lengths(void **state)
{
	static const char *const bad[] = {
	    "-1", "+1", "1e3", "0x10", "", " ", "1,1", "1 1", "1234567890123456"};
	char text[80];
	struct sf_http_head head;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(bad); i++) {
		(void)snprintf(text, sizeof(text), OK "Content-Length: %s\r\n", bad[i]);
		assert_false(read_all(&head, text, strlen(text)));
		assert_string_equal(head.broken, "its length");
	}
	assert_true(READ(&head, OK "Content-Length:\t 00123456789 \r\n\r\n"));
	assert_false(READ(&head, OK "Content-Length: 1\r\ncontent-length: 1\r\n"));
	assert_false(READ(&head, OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"));
	assert_string_equal(head.broken, "a second length");
	assert_true(READ(
	    &head, "HTTP/1.1 100 a\r\nContent-Length: 0\r\n\r\n" OK "Content-Length: 1\r\n\r\n"));
}

static void test_date(void **state)
{
	static const char *const bad[] = {"", "yesterday", "Sun, 22 Nov 2026 08:39:46 CET",
	    "Sun, 22 Nov 2026 08:39:46 GMT and more", "Thu, 01 Jan 1970 00:00:00 GMT",
	    "Sun, 22 Nov 2026 08:39:46 GMT Sun, 22 Nov 2026 08:39:46 GMT"};
	char text[120];
	struct sf_http_head head;

	(void)state;
	assert_true(READ(&head, OK "\r\n"));
	assert_int_equal(head.date_s, 0);
	assert_true(READ(&head, OK "date:\tSun, 22 Nov 2026 08:39:46 GMT \r\n\r\n"));
	assert_int_equal(head.date_s, 1795336786);
	for (size_t i = 0; i < SF_COUNT(bad); i++) {
		(void)snprintf(text, sizeof(text), OK "Date: %s\r\n\r\n", bad[i]);
		assert_true(read_all(&head, text, strlen(text)));
		assert_int_equal(head.date_s, 0);
	}
}

/* Seconds, or a date by the server's own clock or ours. */
static void test_retry_after(void **state)
{
	static const struct {
		const char *fields;
		uint32_t wait_s;
	} rows[] = {
	    {"", 0},
	    {"Retry-After: 40", 40},
	    {"retry-after:86400", 86400},
	    {"Retry-After: 86401", 0},
	    {"Retry-After: 999999999", 0},
	    {"Retry-After: 18446744073709551656", 0},
	    {"Retry-After: -5", 0},
	    {"Retry-After: 5 5", 0},
	    {"Retry-After: soon", 0},
	    {"Retry-After: Sun, 22 Nov 2026 08:50:46 GMT", 3600},
	    {"Retry-After: Sun, 22 Nov 2026 07:50:46 GMT", 0},
	    {"Retry-After: Sun, 22 Nov 2026 08:50:46 GMT\r\nDate: Sun, 22 Nov 2026 08:50:00 GMT",
		46},
	    {"Retry-After: 1\r\nRetry-After: 2", 2},
	};
	const uint64_t now_s = 1795333846; /* 07:50:46 */

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char text[200];
		struct sf_http_head head;

		(void)snprintf(text, sizeof(text), OK "%s\r\n\r\n", rows[i].fields);
		/* Without a field there is one line end too many, which is as good. */
		assert_true(read_all(&head, text, strlen(text) - (i == 0 ? 2 : 0)));
		assert_int_equal(sf_http_head_retry_s(&head, now_s), rows[i].wait_s);
	}
}

static void test_size(void **state)
{
	static const char line[] = "X: y\r\n";
	struct sf_http_head head;
	size_t lines = 0;

	(void)state;
	assert_true(READ(&head, OK));
	while (lines < SF_HTTP_HEAD_MAX && sf_http_head_line(&head, line, sizeof(line) - 1))
		lines++;
	assert_int_equal(lines, (SF_HTTP_HEAD_MAX - sizeof(OK) + 1) / (sizeof(line) - 1));
	assert_string_equal(head.broken, "its size");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"a head is whole with its empty line", test_whole, NULL, NULL, NULL},
	    {"a head that is cut anywhere is not whole", test_cut, NULL, NULL, NULL},
	    {"interim answers come before the head", test_interim, NULL, NULL, NULL},
	    {"a status is three digits of HTTP/1.0 or 1.1", test_status_line, NULL, NULL, NULL},
	    {"every line has a name, a colon and no control character", test_fields, NULL, NULL,
		NULL},
	    {"no encoding that needs a library is taken", test_encodings, NULL, NULL, NULL},
	    {"a body has one length, a number", test_lengths, NULL, NULL, NULL},
	    {"a date is one of RFC 9110, or none", test_date, NULL, NULL, NULL},
	    {"a time to come back is up to a day away, or none", test_retry_after, NULL, NULL,
		NULL},
	    {"a head without an end is refused at 64 KiB", test_size, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("head", tests, NULL, NULL);
}
