/* Frames over a socket: packets, deadlines and the end of the other side. */
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "clock.h"
#include "file.h"

#include "banned.h"

static int pair[2] = {-1, -1};

static int open_pair(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int close_pair(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		sf_fd_closep(&pair[i]);
		pair[i] = -1;
	}
	return 0;
}

static int64_t soon(void)
{
	return sf_clock_now_ms() + 5000;
}

static void what_is_sent_is_received(void **state)
{
	struct sf_frame sent, got;
	struct sf_error e;
	struct sf_secret *secret = sf_secret_from("to\0ken", 6), *read_back = NULL;
	char text[32];
	uint32_t number = 0;
	uint64_t deadline_ms = 0;
	bool keep = false, found = false;

	(void)state;
	sf_wire_begin(&sent, SF_WIRE_JOB);
	sf_wire_put_u32(&sent, SF_TAG_KIND, 0x01020304);
	sf_wire_put_text(&sent, SF_TAG_LOGIN_URL, "https://acme.my.salesforce.com");
	sf_wire_put_text(&sent, SF_TAG_CLIENT_ID, "");
	sf_wire_put_u64(&sent, SF_TAG_DEADLINE_MS, 0x0102030405060708);
	sf_wire_put_flag(&sent, SF_TAG_KEEP, true);
	sf_wire_put_u32(&sent, SF_TAG_LIFE_S, UINT32_MAX);
	sf_wire_put_text(&sent, SF_TAG_ALSO, "first");
	sf_wire_put_text(&sent, SF_TAG_ALSO, "second");
	sf_wire_put_secret(&sent, SF_TAG_TOKEN, secret);
	assert_int_equal(sf_wire_send(pair[0], &sent, soon(), &e), SF_OK);
	assert_int_equal(sf_wire_recv(pair[1], soon(), &got, &e), SF_OK);

	assert_int_equal(got.type, SF_WIRE_JOB);
	assert_int_equal(sf_wire_u32(&got, SF_TAG_KIND, &number, &e), SF_OK);
	assert_int_equal(number, 0x01020304);
	assert_int_equal(sf_wire_u64(&got, SF_TAG_DEADLINE_MS, &deadline_ms, &e), SF_OK);
	assert_true(deadline_ms == 0x0102030405060708);
	assert_int_equal(sf_wire_flag(&got, SF_TAG_KEEP, &keep, &e), SF_OK);
	assert_true(keep);
	assert_int_equal(sf_wire_text(&got, SF_TAG_CLIENT_ID, text, sizeof(text), &e), SF_OK);
	assert_string_equal(text, "");
	assert_int_equal(sf_wire_opt_text(&got, SF_TAG_PROXY, text, sizeof(text), &e), SF_OK);
	assert_string_equal(text, "");
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(
		    sf_wire_text_at(&got, SF_TAG_ALSO, i, text, sizeof(text), &found, &e), SF_OK);
		assert_int_equal(found, i < 2);
		if (found)
			assert_string_equal(text, i == 0 ? "first" : "second");
	}
	assert_int_equal(sf_wire_secret(&got, SF_TAG_TOKEN, &read_back, &e), SF_OK);
	assert_true(sf_secret_equal(secret, read_back));
	sf_secret_free(secret);
	sf_secret_free(read_back);
}

static void what_the_table_does_not_have_is_not_sent(void **state)
{
	struct sf_frame frame;
	struct sf_error e;
	struct pollfd poll_fd = {.fd = pair[1], .events = POLLIN};
	char *huge = calloc(1, SF_WIRE_FRAME_MAX + 1);

	(void)state;
	assert_non_null(huge);
	memset(huge, 'x', SF_WIRE_FRAME_MAX);
	sf_wire_begin(&frame, SF_WIRE_VERDICT);
	assert_int_equal(sf_wire_send(pair[0], &frame, soon(), &e), SF_E_BUG);
	sf_wire_put_flag(&frame, SF_TAG_YES, true);
	sf_wire_put_text(&frame, SF_TAG_TEXT, "besides");
	assert_int_equal(sf_wire_send(pair[0], &frame, soon(), &e), SF_E_BUG);
	sf_wire_begin(&frame, SF_WIRE_ASK);
	sf_wire_put_text(&frame, SF_TAG_TEXT, huge);
	assert_int_equal(sf_wire_send(pair[0], &frame, soon(), &e), SF_E_BUG);
	sf_wire_begin(&frame, SF_WIRE_ASK);
	sf_wire_put_text(&frame, SF_TAG_TEXT, NULL);
	assert_int_equal(sf_wire_send(pair[0], &frame, soon(), &e), SF_E_BUG);
	sf_wire_begin(&frame, SF_WIRE_RESPONSE);
	sf_wire_put_secret(&frame, SF_TAG_TEXT, NULL);
	assert_int_equal(sf_wire_send(pair[0], &frame, soon(), &e), SF_E_BUG);
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	free(huge);
}

static void the_end_of_the_other_side_is_an_outcome(void **state)
{
	struct sf_frame frame;
	struct sf_error e;

	(void)state;
	sf_fd_closep(&pair[0]);
	pair[0] = -1;
	assert_int_equal(sf_wire_recv(pair[1], soon(), &frame, &e), SF_OK);
	assert_int_equal(frame.type, SF_WIRE_END);

	/* No SIGPIPE: it would end this program. */
	sf_wire_begin(&frame, SF_WIRE_NONE);
	assert_int_equal(sf_wire_send(pair[1], &frame, soon(), &e), SF_E_WORKER);
	assert_int_equal(e.sys, EPIPE);
}

static void last_words_are_heard_from_who_left_without_listening(void **state)
{
	struct sf_frame frame, got;
	struct sf_error e;

	(void)state;
	sf_wire_begin(&frame, SF_WIRE_NONE);
	assert_int_equal(sf_wire_send(pair[1], &frame, soon(), &e), SF_OK);
	sf_wire_begin(&frame, SF_WIRE_LOCKED);
	assert_int_equal(sf_wire_send(pair[0], &frame, soon(), &e), SF_OK);
	sf_fd_closep(&pair[0]);
	pair[0] = -1;
	assert_int_equal(sf_wire_recv(pair[1], soon(), &got, &e), SF_OK);
	assert_int_equal(got.type, SF_WIRE_LOCKED);
	assert_int_equal(sf_wire_recv(pair[1], soon(), &got, &e), SF_OK);
	assert_int_equal(got.type, SF_WIRE_END);
}

static void waiting_ends_at_the_deadline_also_with_a_talker(void **state)
{
	struct sf_frame frame, got;
	struct sf_error e;
	int64_t begin_ms = sf_clock_now_ms();

	(void)state;
	assert_int_equal(sf_wire_recv(pair[1], begin_ms + 50, &got, &e), SF_E_UNAVAILABLE);
	assert_int_equal(e.sys, ETIMEDOUT);
	assert_true(sf_clock_now_ms() >= begin_ms + 50);

	sf_wire_begin(&frame, SF_WIRE_NONE);
	assert_int_equal(sf_wire_send(pair[0], &frame, soon(), &e), SF_OK);
	assert_int_equal(sf_wire_recv(pair[1], begin_ms, &got, &e), SF_E_UNAVAILABLE);

	/* Nobody reads: sending ends too. */
	sf_wire_begin(&frame, SF_WIRE_NONE);
	for (int i = 0; i < 100000; i++)
		if (sf_wire_send(pair[0], &frame, sf_clock_now_ms() + 20, &e) != SF_OK)
			break;
	assert_int_equal(e.code, SF_E_UNAVAILABLE);
}

static void a_packet_that_is_too_long_or_brings_a_descriptor_is_refused(void **state)
{
	static uint8_t huge[SF_WIRE_FRAME_MAX + 1] = {SF_WIRE_NONE};
	uint8_t none = SF_WIRE_NONE;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.bytes = {0}};
	struct iovec iov = {.iov_base = &none, .iov_len = 1};
	struct msghdr message = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	struct sf_frame got;
	struct sf_error e;

	(void)state;
	assert_int_equal(send(pair[0], huge, sizeof(huge), 0), sizeof(huge));
	assert_int_equal(sf_wire_recv(pair[1], soon(), &got, &e), SF_E_PROTOCOL);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &pair[0], sizeof(int));
	assert_int_equal(sendmsg(pair[0], &message, 0), 1);
	assert_int_equal(sf_wire_recv(pair[1], soon(), &got, &e), SF_E_PROTOCOL);
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, open_pair, close_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_PAIR(what_is_sent_is_received),
	    WITH_PAIR(what_the_table_does_not_have_is_not_sent),
	    WITH_PAIR(the_end_of_the_other_side_is_an_outcome),
	    WITH_PAIR(last_words_are_heard_from_who_left_without_listening),
	    WITH_PAIR(waiting_ends_at_the_deadline_also_with_a_talker),
	    WITH_PAIR(a_packet_that_is_too_long_or_brings_a_descriptor_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
