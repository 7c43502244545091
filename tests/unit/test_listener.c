/* The listener for the browser's callback: strangers, slow clients, preflight and deadline. */
#include "listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "banned.h"

#define STATE   "S-tate_43"
#define LOGIN   "https://acme.my.salesforce.com"
#define PATH    "/OauthRedirect"
#define RIGHT   "GET " PATH "?code=aPrx&state=" STATE " HTTP/1.1\r\nHost: localhost:%u\r\n\r\n"
#define SECONDS 8

/* What listens, and what a callback must fit. */
struct house {
	int fds[2];
	uint16_t port;
	char address[64];
	struct sf_secret *state;
	struct sf_origin issuer;
	struct sf_callback_params callback;
	struct sf_listener_params params;
};

static int listen_on(const struct sockaddr *where, socklen_t size)
{
	int fd = socket(where->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, where, size) == 0 && listen(fd, 128) == 0)
		return fd;
	close(fd);
	return -1;
}

static struct sockaddr_in local4(uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static struct sockaddr_in6 local6(uint16_t port)
{
	return (struct sockaddr_in6){
	    .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
}

static int open_house(void **state)
{
	static struct house house;
	struct sockaddr_in four = local4(0);
	socklen_t size = sizeof(four);
	struct sf_error e;

	house.fds[0] = listen_on((const struct sockaddr *)&four, size);
	assert_int_equal(getsockname(house.fds[0], (struct sockaddr *)&four, &size), 0);
	house.port = ntohs(four.sin_port);

	struct sockaddr_in6 six = local6(house.port);

	house.fds[1] = listen_on((const struct sockaddr *)&six, sizeof(six));
	snprintf(
	    house.address, sizeof(house.address), "http://localhost:%u" PATH, (unsigned)house.port);
	house.state = sf_secret_from(STATE, strlen(STATE));
	assert_int_equal(sf_origin_parse(LOGIN, &house.issuer, &e), SF_OK);
	house.callback = (struct sf_callback_params){
	    .address = house.address, .state = house.state, .issuer = &house.issuer};
	house.params = (struct sf_listener_params){
	    .fds = {house.fds[0], house.fds[1]},
	    .watch_fd = -1,
	    .callback = &house.callback,
	    .login = LOGIN,
	    .deadline_ms = sf_clock_now_ms() + SECONDS * 1000,
	};
	*state = &house;
	return 0;
}

static int close_house(void **state)
{
	struct house *house = *state;

	close(house->fds[0]);
	if (house->fds[1] >= 0)
		close(house->fds[1]);
	sf_secret_freep(&house->state);
	return 0;
}

/* --- visitors: in a child, which ends with 0 where all is as it should be --- */

static int visit(const struct house *house)
{
	const struct sockaddr_in four = local4(house->port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (const struct sockaddr *)&four, sizeof(four)) != 0)
		_exit(10);
	return fd;
}

static void say(int fd, const char *text)
{
	/* Whoever is turned away early does not hear all. */
	(void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* Up to the end, or what there was before the connection was cut. */
static const char *hear(int fd)
{
	static char text[8192];
	size_t len = 0;
	ssize_t n = 0;

	while (len < sizeof(text) - 1 && (n = recv(fd, text + len, sizeof(text) - 1 - len, 0)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(fd);
	return text;
}

static int say_right(const struct house *house, int fd)
{
	char request[256];

	snprintf(request, sizeof(request), RIGHT, (unsigned)house->port);
	say(fd, request);
	return strncmp(hear(fd), "HTTP/1.1 200 OK\r\n", 17) == 0 ? 0 : 20;
}

static void listen_while(
    const struct house *house, int (*act)(const struct house *), enum sf_callback_kind kind)
{
	static const struct sf_page page = {.id = SF_PAGE_SIGNED_IN, .status = "200 OK"};
	SF_CLEANUP(sf_callback_clear) struct sf_callback callback = {0};
	struct sf_error e;
	int fd = -1, status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act(house));
	assert_int_equal(sf_listener_run(&house->params, &callback, &fd, &e), SF_OK);
	assert_int_equal(callback.kind, kind);
	sf_listener_show(fd, &page);
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int come_by_both(const struct house *house)
{
	const struct sockaddr_in6 six = local6(house->port);
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (const struct sockaddr *)&six, sizeof(six)) != 0)
		return 10;
	return say_right(house, fd);
}

static int come(const struct house *house)
{
	return say_right(house, visit(house));
}

static void a_callback_of_ours_is_heard_on_both_families(void **state)
{
	const struct house *house = *state;

	listen_while(house, come, SF_CALLBACK_CODE);
	if (house->fds[1] >= 0)
		listen_while(house, come_by_both, SF_CALLBACK_CODE);
}

/* --- those who are turned away, and the right one behind them --- */

#define HOST "\r\nHost: localhost:%u\r\n\r\n"

static const struct {
	const char *request; /* %u: the port */
	const char *status;
} strangers[] = {
    {"GET /favicon.ico HTTP/1.1" HOST, "204"},
    {"GET / HTTP/1.1" HOST, "404"},
    {"GET " PATH "/ HTTP/1.1" HOST, "404"},
    {"GET " PATH "x?code=a&state=" STATE " HTTP/1.1" HOST, "404"},
    {"GET /oauthredirect?code=a&state=" STATE " HTTP/1.1" HOST, "404"},
    {"GET //OauthRedirect?code=a&state=" STATE " HTTP/1.1" HOST, "404"},
    {"GET " PATH " HTTP/1.1" HOST, "400"},
    {"GET " PATH "?code=a HTTP/1.1" HOST, "400"},
    {"GET " PATH "?code=a&state=wrong HTTP/1.1" HOST, "400"},
    {"GET " PATH "?code=a&state=" STATE "&state=x HTTP/1.1" HOST, "400"},
    {"GET " PATH "?code=a&code=b&state=" STATE " HTTP/1.1" HOST, "400"},
    {"GET " PATH "?code=a&state=" STATE "&iss=https%3A%2F%2Fevil HTTP/1.1" HOST, "400"},
    {"POST " PATH "?code=a&state=" STATE " HTTP/1.1" HOST, "405"},
    {"HEAD " PATH "?code=a&state=" STATE " HTTP/1.1" HOST, "405"},
    {"OPTIONS " PATH " HTTP/1.1" HOST, "405"},
    {"GET " PATH "?code=a&state=" STATE " HTTP/1.1\r\nHost: evil.example:%u\r\n\r\n", "421"},
    {"GET " PATH "?code=a&state=" STATE " HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", "421"},
    {"GET " PATH "?code=a&state=" STATE " HTTP/1.1\r\nHost: localhost:%ux\r\n\r\n", "421"},
    {"GET " PATH "?code=a&state=" STATE " HTTP/1.1\r\nHost: localhost\r\n\r\n", "421"},
    {"GET " PATH "?code=a&state=" STATE " HTTP/1.1\r\n\r\n", "400"},
    {"GET " PATH "?code=a&state=" STATE " HTTP/1.1\r\nHost: localhost:%u\r\nhost: x\r\n\r\n",
	"400"},
    {"GET http://localhost" PATH "?code=a&state=" STATE " HTTP/1.1" HOST, "400"},
    {"GET " PATH "?code=a&state=" STATE " HTTP/2.0" HOST, "400"},
    {"GET " PATH "?code=a&state=" STATE HOST, "400"},
    {"\x16\x03\x01\x02\r\n\r\n", "400"},
    {"\r\n\r\n", "400"},
};

/* "%u" in a request is the port. */
static void put_port(const char *request, uint16_t port, char *ret, size_t size)
{
	const char *mark = strstr(request, "%u");
	int before = mark ? (int)(mark - request) : (int)strlen(request);

	if (mark)
		snprintf(ret, size, "%.*s%u%s", before, request, (unsigned)port, mark + 2);
	else
		snprintf(ret, size, "%s", request);
}

static int stranger_comes(const struct house *house, const char *request, const char *status)
{
	char text[512], wanted[32];
	int fd = visit(house);

	put_port(request, house->port, text, sizeof(text));
	snprintf(wanted, sizeof(wanted), "HTTP/1.1 %s ", status);
	say(fd, text);
	return strncmp(hear(fd), wanted, strlen(wanted)) == 0 ? 0 : 1;
}

static int strangers_come(const struct house *house)
{
	for (size_t i = 0; i < SF_COUNT(strangers); i++)
		if (stranger_comes(house, strangers[i].request, strangers[i].status) != 0)
			return 100 + (int)i;
	return come(house);
}

static void strangers_are_answered_and_the_wait_goes_on(void **state)
{
	listen_while(*state, strangers_come, SF_CALLBACK_CODE);
}

static int preflight_comes(const struct house *house)
{
	char text[256];
	int fd = visit(house);
	const char *heard = NULL;

	snprintf(text, sizeof(text),
	    "OPTIONS " PATH " HTTP/1.1\r\nHost: localhost:%u\r\nOrigin: https://evil.example\r\n"
	    "access-control-request-private-network:  true\r\n\r\n",
	    (unsigned)house->port);
	say(fd, text);
	heard = hear(fd);
	if (!strstr(heard, "HTTP/1.1 204 ") ||
	    !strstr(heard, "Access-Control-Allow-Private-Network: true\r\n") ||
	    !strstr(heard, "Access-Control-Allow-Origin: " LOGIN "\r\n"))
		return 30;
	return come(house);
}

static void a_preflight_allows_the_org_s_host_and_no_other(void **state)
{
	listen_while(*state, preflight_comes, SF_CALLBACK_CODE);
}

static int crowd_comes(const struct house *house)
{
	static const char part[] = "GET " PATH "?code=a";
	int fds[200];

	for (size_t i = 0; i < SF_COUNT(fds); i++) {
		fds[i] = visit(house);
		if (i % 2)
			say(fds[i], part);
	}
	return come(house);
}

static void two_hundred_who_never_finish_do_not_keep_ours_out(void **state)
{
	listen_while(*state, crowd_comes, SF_CALLBACK_CODE);
}

/* Ours comes in two parts, and one more stranger between them. */
static int late_stranger_comes(const struct house *house)
{
	char request[256];
	int ours = -1;

	snprintf(request, sizeof(request), RIGHT, (unsigned)house->port);
	for (int i = 0; i < SF_LISTENER_VISITORS; i++)
		(void)visit(house);
	usleep(50000);
	ours = visit(house);
	(void)!send(ours, request, 10, MSG_NOSIGNAL);
	usleep(50000);
	(void)visit(house);
	usleep(50000);
	say(ours, request + 10);
	return strncmp(hear(ours), "HTTP/1.1 200 OK\r\n", 17) == 0 ? 0 : 20;
}

static void the_oldest_makes_room_and_not_whoever_just_began(void **state)
{
	listen_while(*state, late_stranger_comes, SF_CALLBACK_CODE);
}

static int long_ones_come(const struct house *house)
{
	static char big[65536];

	memset(big, 'x', sizeof(big) - 1);
	for (int i = 0; i < 2; i++) {
		int fd = visit(house);

		/* In the query, then in a header. */
		say(fd, i == 0 ? "GET " PATH "?" : "GET / HTTP/1.1\r\nA: ");
		say(fd, big);
		(void)hear(fd);
	}
	return come(house);
}

static void heads_without_end_are_turned_away(void **state)
{
	listen_while(*state, long_ones_come, SF_CALLBACK_CODE);
}

static int denied(const struct house *house)
{
	char text[256];
	int fd = visit(house);

	snprintf(text, sizeof(text),
	    "GET " PATH "?error=access_denied&state=" STATE
	    " HTTP/1.1\r\nHost: LOCALHOST:%u\r\n\r\n",
	    (unsigned)house->port);
	say(fd, text);
	return strncmp(hear(fd), "HTTP/1.1 200 OK\r\n", 17) == 0 ? 0 : 20;
}

static void a_refusal_with_our_state_ends_the_wait_too(void **state)
{
	listen_while(*state, denied, SF_CALLBACK_REFUSAL);
}

static void the_deadline_and_a_hang_up_end_the_wait(void **state)
{
	const struct house *house = *state;
	struct sf_listener_params params = house->params;
	SF_CLEANUP(sf_callback_clear) struct sf_callback callback = {0};
	struct sf_error e;
	int pair[2], fd = -1;

	params.deadline_ms = sf_clock_now_ms() + 100;
	assert_int_equal(sf_listener_run(&params, &callback, &fd, &e), SF_E_EXPIRED);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	close(pair[1]);
	params.deadline_ms = house->params.deadline_ms;
	params.watch_fd = pair[0];
	assert_int_equal(sf_listener_run(&params, &callback, &fd, &e), SF_E_INTERRUPTED);
	close(pair[0]);
	assert_int_equal(fd, -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_house, close_house)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_callback_of_ours_is_heard_on_both_families),
	    TEST(strangers_are_answered_and_the_wait_goes_on),
	    TEST(a_preflight_allows_the_org_s_host_and_no_other),
	    TEST(two_hundred_who_never_finish_do_not_keep_ours_out),
	    TEST(the_oldest_makes_room_and_not_whoever_just_began),
	    TEST(heads_without_end_are_turned_away),
	    TEST(a_refusal_with_our_state_ends_the_wait_too),
	    TEST(the_deadline_and_a_hang_up_end_the_wait),
	};
	return cmocka_run_group_tests_name("listener", tests, NULL, NULL);
}
