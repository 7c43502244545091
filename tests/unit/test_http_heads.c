/* Whole heads of responses, as a server sends them over TLS: which are taken, and what they say. */
#include "http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "peer.h"
#include "text.h"

#include "banned.h"

/* The rest of a head, for a body of no length. */
#define EMPTY   "Content-Length: 0\r\n\r\n"
#define OK_JSON "200|application/json|{\"ok\":true}"

static enum sf_err run(struct peer *peer, const struct sf_http_request *request,
    struct sf_http_reply *ret_reply, struct sf_error *e)
{
	memset(ret_reply, 0, sizeof(*ret_reply));
	return sf_http_run(peer->http, request, ret_reply, e);
}

static enum sf_err get(struct peer *peer, unsigned *ret_status)
{
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply;
	const struct sf_http_request request = {.path = "/x?y=1"};
	struct sf_error e;
	enum sf_err r = run(peer, &request, &reply, &e);

	*ret_status = reply.status;
	return r;
}

/* Heads that are refused, as libcurl or we see them; a whole answer follows each. */
static const struct {
	const char *raw;
	enum sf_err failure;
} bad_heads[] = {
    {"rawHTTP/1.1 200 OK\r\nContent-Type: applic", SF_E_UNAVAILABLE},
    {"rawHTTP/1.1 200 OK\r\nA: b\r\n", SF_E_UNAVAILABLE},
    {"rawHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n", SF_E_UNAVAILABLE},
    {"rawHTTP/1.1 200x OK\r\n" EMPTY, SF_E_ANSWER},
    {"rawHTTP/1.1 20\r\n" EMPTY, SF_E_ANSWER},
    {"rawHTTP/1.1 2000 OK\r\n" EMPTY, SF_E_ANSWER},
    {"rawHTTP/1.2 200 OK\r\n" EMPTY, SF_E_ANSWER},
    {"rawHTTP/3 200 OK\r\n" EMPTY, SF_E_ANSWER},
    {"rawHTTP/1.1 600 No\r\n" EMPTY, SF_E_ANSWER},
    {"rawHTTP/1.1 000 No\r\n" EMPTY, SF_E_ANSWER},
    {"rawICY 200 OK\r\n" EMPTY, SF_E_ANSWER},
    {"raw{}\n", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nno colon\r\n" EMPTY, SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nA: b{NUL}c\r\n" EMPTY, SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nContent-Encoding: br\r\n" EMPTY, SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nContent-Encoding: identity\r\ncontent-encoding: gzip\r\n" EMPTY,
	SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\n\r\n", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" EMPTY "0\r\n\r\n", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nContent-Length: 0\r\n" EMPTY, SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\nx", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nContent-Length: 1,1\r\n\r\nx", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nContent-Length: 1 1\r\n\r\nx", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\nContent-Length: 0000000000000001\r\n\r\nx", SF_E_ANSWER},
    {"rawHTTP/1.1 200 OK\r\n{X: y\r\n*11000}" EMPTY, SF_E_TOO_LARGE},
    {"rawHTTP/1.1 200 OK\r\nX: {y*70000}\r\n" EMPTY, SF_E_TOO_LARGE},
    {"rawHTTP/1.1 200 OK\r\nX: {y*200000}\r\n" EMPTY, SF_E_TOO_LARGE},
    {"raw{HTTP/1.1 100 Go on\r\n\r\n*4000}HTTP/1.1 200 OK\r\n" EMPTY, SF_E_TOO_LARGE},
};

static void test_bad_heads(void **state)
{
	const char *replies[PEER_REPLIES_MAX + 1] = {NULL};
	struct peer *peer = *state;
	unsigned status = 0;

	for (size_t i = 0; i < SF_COUNT(bad_heads); i++)
		replies[i] = bad_heads[i].raw;
	replies[SF_COUNT(bad_heads)] = OK_JSON;
	peer_start_with(peer, "localhost", replies);
	peer_open(peer, -1, 10);
	for (size_t i = 0; i < SF_COUNT(bad_heads); i++) {
		enum sf_err r = get(peer, &status);

		if (r != bad_heads[i].failure)
			fail_msg("%s ends in %s", bad_heads[i].raw, sf_err_name(r));
	}
	assert_int_equal(get(peer, &status), SF_OK);
	peer_stop(peer);
}

static void test_odd_heads(void **state)
{
	struct peer *peer = *state;
	unsigned status = 0;

	peer_start(peer, "localhost", "rawHTTP/1.0 599\nA: b\nContent-Length: 0\n\n",
	    "rawHTTP/1.1 200 OK\r\nServer: x\r\nEmpty:\r\n folded\r\n" EMPTY,
	    "rawHTTP/1.1 200 OK\r\nTransfer-encoding: \tChunked \r\n\r\n0\r\nX-Trailer: y\r\n\r\n",
	    "rawHTTP/1.1 200 OK\r\ncontent-encoding:identity\r\n" EMPTY,
	    "rawHTTP/1.1 200 OK\r\nContent-Length:\t 00000000000 \r\n\r\n",
	    "rawHTTP/1.1 103 Hints\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\r\n" EMPTY,
	    "rawHTTP/1.1 200 OK\r\n{X: y\r\n*4000}" EMPTY, NULL);
	peer_open(peer, -1, 10);
	assert_int_equal(get(peer, &status), SF_OK);
	assert_int_equal(status, 599);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(get(peer, &status), SF_OK);
		assert_int_equal(status, 200);
	}
	peer_stop(peer);
}

/* What an interim answer or a trailer says does not count. */
static void test_dates(void **state)
{
#define DATE(second) "Date: Sun, 22 Nov 2026 08:39:" second " GMT\r\n"
	static const struct {
		uint64_t date_s;
		uint32_t retry_s;
		bool is_html;
	} wanted[] = {{1795336786, 0, false}, {0, 0, false}, {1795336747, 2, true},
	    {1795336740, 46, false}, {0, 0, false}};
	struct peer *peer = *state;

	peer_start(peer, "localhost", "rawHTTP/1.1 200 OK\r\n" DATE("46") EMPTY,
	    "rawHTTP/1.1 103 x\r\n" DATE("46") "Retry-After: 9\r\nContent-Type: text/html\r\n\r\n"
					       "HTTP/1.1 200 OK\r\nDate: yesterday\r\n" EMPTY,
	    "rawHTTP/1.1 503 x\r\n" DATE("46")
		DATE("07") "retry-after: 1\r\nRetry-After:2\r\n"
			   "content-type: Text/HTML; charset=x\r\n" EMPTY,
	    "rawHTTP/1.1 503 x\r\nRetry-After: Sun, 22 Nov 2026 08:39:46 GMT\r\n" DATE("00") EMPTY,
	    "rawHTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" DATE(
		"46") "Retry-After: 5\r\nContent-Type: text/html\r\n\r\n",
	    NULL);
	peer_open(peer, -1, 10);
	for (size_t i = 0; i < SF_COUNT(wanted); i++) {
		SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply;
		const struct sf_http_request request = {.path = "/"};
		struct sf_error e;

		assert_int_equal(run(peer, &request, &reply, &e), SF_OK);
		assert_int_equal(reply.date_s, wanted[i].date_s);
		assert_int_equal(reply.retry_s, wanted[i].retry_s);
		assert_int_equal(reply.is_html, wanted[i].is_html);
	}
	peer_stop(peer);
#undef DATE
}

/* A head with a Retry-After in front of the rest, for each way to say it. */
static void test_retry_after(void **state)
{
	static const uint32_t waits_s[] = {40, 0, 86400, 0, 0, 0, 0};
	struct peer *peer = *state;

	peer_start(peer, "localhost", "rawHTTP/1.1 503 x\r\nRetry-After: 40\r\n" EMPTY, OK_JSON,
	    "rawHTTP/1.1 429 x\r\nretry-after:86400\r\n" EMPTY,
	    "rawHTTP/1.1 429 x\r\nRetry-After: 86401\r\n" EMPTY,
	    "rawHTTP/1.1 429 x\r\nRetry-After: -5\r\n" EMPTY,
	    "rawHTTP/1.1 429 x\r\nRetry-After: soon\r\n" EMPTY,
	    "rawHTTP/1.1 429 x\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n" EMPTY, NULL);
	peer_open(peer, -1, 10);
	for (size_t i = 0; i < SF_COUNT(waits_s); i++) {
		SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply;
		const struct sf_http_request request = {.path = "/"};
		struct sf_error e;

		assert_int_equal(run(peer, &request, &reply, &e), SF_OK);
		assert_int_equal(reply.retry_s, waits_s[i]);
	}
	peer_stop(peer);
}

/* As a date: rounded by a clock that goes on. */
static void test_retry_date(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply;
	const struct sf_http_request request = {.path = "/"};
	const time_t then = time(NULL) + 600;
	char date[32], raw[96];
	struct sf_text text = SF_TEXT(raw);
	struct sf_error e;
	struct tm parts;

	assert_non_null(gmtime_r(&then, &parts));
	assert_true(strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &parts) > 0);
	assert_true(sf_text_addf(&text, "rawHTTP/1.1 503 x\r\nRetry-After: %s\r\n" EMPTY, date));
	peer_start(peer, "localhost", raw, NULL);
	peer_open(peer, -1, 10);
	assert_int_equal(run(peer, &request, &reply, &e), SF_OK);
	assert_in_range(reply.retry_s, 590, 600);
	peer_stop(peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"a head that is cut, spoilt or without an end is no answer", test_bad_heads, NULL,
		NULL, NULL},
	    {"any other head is taken, and interim ones before it", test_odd_heads, NULL, NULL,
		NULL},
	    {"Date, Retry-After and Content-Type are the final head's last", test_dates, NULL, NULL,
		NULL},
	    {"Retry-After is seconds, up to a day, and each answer's own", test_retry_after, NULL,
		NULL, NULL},
	    {"or a date", test_retry_date, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("heads", tests, peer_setup, peer_teardown);
}
