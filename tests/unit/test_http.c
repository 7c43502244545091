/* HTTP against a TLS server: certificates, redirects, deadlines, large and strange answers. */
#include "http.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "form.h"
#include "peer.h"

#include "banned.h"

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

static void test_one_connection(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *bearer = sf_secret_from("00D!t", 5);
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply posted, got;
	struct sf_http_request post = {.path = "/p", .form = form};
	struct sf_http_request with_token = {.path = "/g", .bearer = bearer};
	struct sf_error e;
	unsigned status = 0;

	assert_true(
	    sf_form_add(form, "code", "a+b/c=&d e~") && sf_form_add_secret(form, "t", bearer));
	peer_start(peer, "localhost", OK_JSON, OK_JSON, "404|text/html|<p>", NULL);
	peer_open(peer, -1, 10);
	assert_int_equal(run(peer, &post, &posted, &e), SF_OK);
	assert_int_equal(posted.status, 200);
	assert_string_equal(sf_secret_reveal(posted.body), "{\"ok\":true}");
	assert_false(posted.is_html);
	assert_int_equal(run(peer, &with_token, &got, &e), SF_OK);
	assert_int_equal(get(peer, &status), SF_OK);
	assert_int_equal(status, 404);
	peer_stop(peer);
	assert_string_equal(peer_log(peer), "1 POST /p code=a%2Bb%2Fc%3D%26d%20e~&t=00D%21t -\n"
					    "1 GET /g - Bearer 00D!t\n"
					    "1 GET /x?y=1 - -\n");
}

static void test_redirect(void **state)
{
	struct peer *peer = *state;
	unsigned status = 0;

	peer_start(peer, "localhost", "302|text/plain|x", OK_JSON, NULL);
	peer_open(peer, -1, 10);
	assert_int_equal(get(peer, &status), SF_OK);
	assert_int_equal(status, 302);
	peer_stop(peer);
	assert_int_equal(peer_count(peer, "\n"), 1);
}

static void test_certificate(void **state)
{
	struct peer *peer = *state;
	unsigned status = 0;

	/* Signed by the same trusted CA file, but for another name. */
	peer_start(peer, "other.test", OK_JSON, NULL);
	peer_open(peer, -1, 10);
	assert_int_equal(get(peer, &status), SF_E_TLS);
	peer_stop(peer);
	assert_string_equal(peer_log(peer), "");
}

static void test_stranger(void **state)
{
	struct peer *peer = *state;
	unsigned status = 0;

	peer_start(peer, "stranger", OK_JSON, NULL);
	peer_open(peer, -1, 10);
	assert_int_equal(get(peer, &status), SF_E_TLS);
	peer_stop(peer);
	assert_string_equal(peer_log(peer), "");
}

static void test_large(void **state)
{
	struct peer *peer = *state;
	unsigned status = 0;

	peer_start(peer, "localhost", "200|text/plain|BIG262144", "200|text/plain|BIG262145", NULL);
	peer_open(peer, -1, 10);
	assert_int_equal(get(peer, &status), SF_OK);
	assert_int_equal(get(peer, &status), SF_E_TOO_LARGE);
	peer_stop(peer);
}

static void test_post_is_not_repeated(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply first, second;
	struct sf_http_request post = {.path = "/p", .form = form};
	struct sf_error e;

	assert_true(sf_form_add(form, "refresh_token", "x"));
	/* On a connection that is used again libcurl would repeat what got no answer. */
	peer_start(peer, "localhost", OK_JSON, "cut", OK_JSON, NULL);
	peer_open(peer, -1, 10);
	assert_int_equal(run(peer, &post, &first, &e), SF_OK);
	assert_int_equal(run(peer, &post, &second, &e), SF_E_UNAVAILABLE);
	peer_stop(peer);
	assert_int_equal(peer_count(peer, "POST"), 2);
}

static void test_deadline(void **state)
{
	struct peer *peer = *state;
	int64_t start_ms = 0;
	unsigned status = 0;

	peer_start(peer, "localhost", "drip", NULL);
	peer_open(peer, -1, 1);
	start_ms = sf_clock_now_ms();
	assert_int_equal(get(peer, &status), SF_E_UNAVAILABLE);
	assert_true(sf_clock_now_ms() - start_ms < 3000);
	assert_int_equal(get(peer, &status), SF_E_UNAVAILABLE);
	peer_stop(peer);
}

static void test_hang_up(void **state)
{
	struct peer *peer = *state;
	int64_t start_ms = 0;
	unsigned status = 0;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	/* A frame that nobody has read yet does not hide the hang-up behind it. */
	assert_int_equal(send(pair[0], "x", 1, 0), 1);
	peer_start(peer, "localhost", OK_JSON, "drip", OK_JSON, NULL);
	peer_open(peer, pair[1], 30);
	assert_int_equal(get(peer, &status), SF_OK);
	close(pair[0]);
	start_ms = sf_clock_now_ms();
	assert_int_equal(get(peer, &status), SF_E_INTERRUPTED);
	assert_true(sf_clock_now_ms() - start_ms < 2000);
	assert_int_equal(get(peer, &status), SF_E_INTERRUPTED);
	peer_stop(peer);
	close(pair[1]);
}

static void test_stream(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply fine, refused, full;
	struct sf_http_request request = {.path = "/b", .streams = true};
	struct sf_error e;
	char text[16] = "";
	int body[2];

	assert_int_equal(pipe2(body, O_CLOEXEC), 0);
	request.body_fd = body[1];
	peer_start(peer, "localhost", "200|text/plain|hello", "403|text/plain|Bad_OAuth_Token",
	    "200|text/plain|BIG300000", NULL);
	peer_open(peer, -1, 2);
	assert_int_equal(run(peer, &request, &fine, &e), SF_OK);
	assert_int_equal(sf_secret_len(fine.body), 0);
	assert_int_equal(read(body[0], text, sizeof(text) - 1), 5);
	assert_string_equal(text, "hello");
	/* What is not 2xx is the caller's to read, and nothing of it reaches the descriptor. */
	assert_int_equal(run(peer, &request, &refused, &e), SF_OK);
	assert_string_equal(sf_secret_reveal(refused.body), "Bad_OAuth_Token");

	struct pollfd waiting = {.fd = body[0], .events = POLLIN};

	assert_int_equal(poll(&waiting, 1, 0), 0);
	/* Nobody reads: the deadline ends it. */
	assert_int_equal(run(peer, &request, &full, &e), SF_E_STORE);
	peer_stop(peer);
	close(body[0]);
	close(body[1]);
}

static void test_unreachable(void **state)
{
	struct peer *peer = *state;
	unsigned status = 0;

	peer_start(peer, "localhost", OK_JSON, NULL);
	peer_open(peer, -1, 5);
	kill(peer->pid, SIGKILL);
	waitpid(peer->pid, NULL, 0);
	assert_int_equal(get(peer, &status), SF_E_UNAVAILABLE);
	sf_http_freep(&peer->http);
}

static void test_open_refuses(void **state)
{
	struct peer *peer = *state;
	struct sf_origin origin = {.host = "no-such-host.invalid", .port = 443};
	struct sf_http_params params = {.origin = &origin,
	    .proxy = "",
	    .ca_file = "/does/not/exist",
	    .deadline_ms = sf_clock_now_ms() + 1000,
	    .watch_fd = -1};
	struct sf_error e;

	assert_int_equal(sf_http_open(&params, &peer->http, &e), SF_E_CONFIG);
	params.ca_text = "x";
	params.proxy = "socks5://localhost:1";
	assert_int_equal(sf_http_open(&params, &peer->http, &e), SF_E_CONFIG);
	assert_null(peer->http);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"all requests share one connection and say what they must", test_one_connection, NULL,
		NULL, NULL},
	    {"a redirect is an answer and is not followed", test_redirect, NULL, NULL, NULL},
	    {"a certificate for another name is refused before a byte is sent", test_certificate,
		NULL, NULL, NULL},
	    {"a certificate that nobody trusted has signed is refused", test_stranger, NULL, NULL,
		NULL},
	    {"256 KiB is taken and a byte more is refused", test_large, NULL, NULL, NULL},
	    {"a POST that got no answer is not sent again", test_post_is_not_repeated, NULL, NULL,
		NULL},
	    {"a byte a second meets the deadline", test_deadline, NULL, NULL, NULL},
	    {"a hang-up ends a request within two seconds", test_hang_up, NULL, NULL, NULL},
	    {"a 2xx body goes to its descriptor, another one to the caller", test_stream, NULL,
		NULL, NULL},
	    {"a host that is gone is unavailable", test_unreachable, NULL, NULL, NULL},
	    {"a missing CA file and an odd proxy are refused", test_open_refuses, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("http", tests, peer_setup, peer_teardown);
}
