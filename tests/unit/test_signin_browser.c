/* What the sign-in opens in a browser, and on which callback it listens. */
#include "signin_browser.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "signin_paste.h"

#include "banned.h"

/* A port that was free a moment ago. */
static uint16_t free_port(void)
{
	struct sockaddr_in local = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(local);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (const struct sockaddr *)&local, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&local, &size), 0);
	close(fd);
	return ntohs(local.sin_port);
}

static void add(struct sf_list *list, const char *format_path, uint16_t port)
{
	char text[128];

	snprintf(text, sizeof(text), "http://localhost:%u%s", (unsigned)port, format_path);
	assert_true(sf_list_add(list, text));
}

static void the_first_free_callback_is_listened_to_and_the_one_before_is_told(void **state)
{
	SF_CLEANUP(sf_list_clear) struct sf_list callbacks = {0};
	SF_CLEANUP(sf_signin_browser_clear) struct sf_signin_browser first, second;
	struct sf_error e;
	int listens = 0;
	socklen_t size = sizeof(listens);

	(void)state;
	assert_true(sf_list_add(&callbacks, "https://acme.my.salesforce.com/x"));
	add(&callbacks, "/a", free_port());
	assert_int_equal(sf_signin_browser_begin(&callbacks, &first, &e), SF_OK);
	assert_string_equal(first.callback, callbacks.items[1]);
	assert_string_equal(first.taken, "");
	assert_int_equal(getsockopt(first.fds[0], SOL_SOCKET, SO_ACCEPTCONN, &listens, &size), 0);
	assert_int_equal(listens, 1);
	assert_int_equal(sf_signin_browser_begin(&callbacks, &second, &e), SF_E_PORTS_TAKEN);
	assert_int_equal(second.fds[0], -1);
	add(&callbacks, "/b", free_port());
	assert_int_equal(sf_signin_browser_begin(&callbacks, &second, &e), SF_OK);
	assert_string_equal(second.callback, callbacks.items[2]);
	assert_string_equal(second.taken, callbacks.items[1]);
}

static void only_callbacks_of_this_machine_are_listened_to(void **state)
{
	static const char *const others[] = {"https://localhost:1717/x",
	    "http://localhost.evil.example/", "http://localhost:0/x", "http://localhost:65536/x",
	    "http://localhost:17x/", "http://localhostx/", "http://localhost:/x"};
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(others); i++) {
		SF_CLEANUP(sf_list_clear) struct sf_list callbacks = {0};
		SF_CLEANUP(sf_signin_browser_clear) struct sf_signin_browser browser;

		assert_true(sf_list_add(&callbacks, others[i]));
		assert_int_equal(sf_signin_browser_begin(&callbacks, &browser, &e), SF_E_CONFIG);
	}
}

static void nothing_but_https_on_the_login_host_is_opened(void **state)
{
	static const char *const others[] = {"http://acme.my.salesforce.com/x",
	    "https://evil.my.salesforce.com/x", "https://acme.my.salesforce.com.evil.example/x",
	    "https://acme.my.salesforce.com@evil.example/x", "https://acme.my.salesforce.com:444/x",
	    "file:///etc/passwd", "/etc/passwd", "-x", "", "https://acme.my.salesforce.com",
	    "HTTPS://acme.my.salesforce.com/x"};
	struct sf_origin login;
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_origin_parse("https://acme.my.salesforce.com", &login, &e), SF_OK);
	for (size_t i = 0; i < SF_COUNT(others); i++)
		assert_false(sf_signin_browser_open(&login, others[i]));
}

static void the_question_for_a_paste_names_the_callback_each_time(void **state)
{
	char buf[1536];
	struct sf_text words = SF_TEXT(buf);

	(void)state;
	for (int i = 0; i < 2; i++) {
		words = SF_TEXT(buf);
		assert_true(sf_signin_paste_words("http://localhost:1717/x", i > 0, &words));
		assert_non_null(strstr(buf, "http://localhost:1717/x"));
		assert_non_null(strstr(buf, "Address: "));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_free_callback_is_listened_to_and_the_one_before_is_told),
	    cmocka_unit_test(only_callbacks_of_this_machine_are_listened_to),
	    cmocka_unit_test(nothing_but_https_on_the_login_host_is_opened),
	    cmocka_unit_test(the_question_for_a_paste_names_the_callback_each_time),
	};

	return cmocka_run_group_tests_name("browser", tests, NULL, NULL);
}
