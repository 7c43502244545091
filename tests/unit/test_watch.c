/* Waits that end early: real connections, terminals and signals. */
#include "watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "text.h"

#include "banned.h"

#define LONG_MS 20000 /* a wait that is not to reach its end */

/* A connection: [0] is the host's end, [1] the client's. line is what sshd calls it. */
struct connection {
	int fds[2];
	char line[64], address[INET6_ADDRSTRLEN];
};

static socklen_t loopback(int family, struct sockaddr_storage *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->ss_family = (sa_family_t)family;
	if (family == AF_INET6) {
		((struct sockaddr_in6 *)ret)->sin6_addr = in6addr_loopback;
		return sizeof(struct sockaddr_in6);
	}
	((struct sockaddr_in *)ret)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(struct sockaddr_in);
}

/* listening: the family of the host's socket; connecting: that of the client's. */
static void open_connection(struct connection *ret, int listening, int connecting)
{
	struct sockaddr_storage name, peer;
	socklen_t len = loopback(listening, &name), peer_len = sizeof(peer);
	const int listener = socket(listening, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int no = 0;
	uint16_t port, client_port;

	if (listening != connecting) {
		((struct sockaddr_in6 *)&name)->sin6_addr = in6addr_any;
		assert_int_equal(
		    setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)), 0);
	}
	assert_int_equal(bind(listener, (struct sockaddr *)&name, len), 0);
	assert_int_equal(listen(listener, 1), 0);
	len = sizeof(name);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&name, &len), 0);
	port = ((struct sockaddr_in *)&name)->sin_port; /* at the same place in both families */
	len = loopback(connecting, &peer);
	((struct sockaddr_in *)&peer)->sin_port = port;
	ret->fds[1] = socket(connecting, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(ret->fds[1], (struct sockaddr *)&peer, len), 0);
	ret->fds[0] = accept(listener, NULL, NULL);
	assert_true(ret->fds[0] >= 0);
	assert_int_equal(getsockname(ret->fds[1], (struct sockaddr *)&peer, &peer_len), 0);
	client_port = ntohs(((struct sockaddr_in *)&peer)->sin_port);
	assert_non_null(inet_ntop(connecting,
	    connecting == AF_INET6 ? (void *)&((struct sockaddr_in6 *)&peer)->sin6_addr
				   : (void *)&((struct sockaddr_in *)&peer)->sin_addr,
	    ret->address, sizeof(ret->address)));
	assert_true(snprintf(ret->line, sizeof(ret->line), "%s %u %s %u", ret->address,
			(unsigned)client_port, ret->address, (unsigned)ntohs(port)) > 0);
	close(listener);
}

static void close_connection(struct connection *connection)
{
	for (int i = 0; i < 2; i++)
		if (connection->fds[i] >= 0)
			close(connection->fds[i]);
}

static enum sf_err wait_ms(const struct sf_watch *watch, int fd, int ms, struct sf_error *e)
{
	return sf_watch_wait(watch, fd, sf_clock_now_ms() + ms, e);
}

static void a_client_that_closes_ends_the_wait(void **state)
{
	static const int families[][2] = {
	    {AF_INET, AF_INET}, {AF_INET6, AF_INET6}, {AF_INET6, AF_INET}};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(families); i++) {
		SF_CLEANUP(sf_watch_endp) struct sf_watch watch = {0};
		struct connection c;
		struct sf_error e;

		open_connection(&c, families[i][0], families[i][1]);
		const struct sf_watch_peer peer = {.ssh_connection = c.line, .rhost = c.address};

		sf_watch_begin(&watch, &peer);
		assert_int_equal(watch.client, c.fds[0]);
		assert_int_equal(wait_ms(&watch, -1, 20, &e), SF_OK);
		close(c.fds[1]);
		c.fds[1] = -1;
		assert_int_equal(wait_ms(&watch, -1, LONG_MS, &e), SF_E_CLIENT_GONE);
		close_connection(&c);
	}
}

static void a_client_that_only_stops_sending_has_gone_too(void **state)
{
	SF_CLEANUP(sf_watch_endp) struct sf_watch watch = {0};
	struct connection c;
	struct sf_error e;

	(void)state;
	open_connection(&c, AF_INET, AF_INET);
	const struct sf_watch_peer peer = {.ssh_connection = c.line, .rhost = c.address};

	sf_watch_begin(&watch, &peer);
	assert_int_equal(shutdown(c.fds[1], SHUT_WR), 0);
	assert_int_equal(wait_ms(&watch, -1, LONG_MS, &e), SF_E_CLIENT_GONE);
	close_connection(&c);
}

static void what_the_client_sends_is_left_for_the_host(void **state)
{
	SF_CLEANUP(sf_watch_endp) struct sf_watch watch = {0};
	struct connection c;
	struct sf_error e;
	char got[8] = "";

	(void)state;
	open_connection(&c, AF_INET, AF_INET);
	const struct sf_watch_peer peer = {.ssh_connection = c.line, .rhost = c.address};

	sf_watch_begin(&watch, &peer);
	assert_int_equal(write(c.fds[1], "enter", 5), 5);
	assert_int_equal(wait_ms(&watch, -1, 20, &e), SF_OK);
	assert_int_equal(read(c.fds[0], got, sizeof(got)), 5);
	assert_string_equal(got, "enter");
	close_connection(&c);
}

static void only_the_connection_of_this_login_is_watched(void **state)
{
	SF_CLEANUP(sf_watch_endp) struct sf_watch watch = {0};
	struct connection other, own;
	struct sf_error e;

	(void)state;
	open_connection(&other, AF_INET, AF_INET);
	open_connection(&own, AF_INET, AF_INET);
	const struct sf_watch_peer peer = {.ssh_connection = own.line, .rhost = own.address};

	sf_watch_begin(&watch, &peer);
	assert_int_equal(watch.client, own.fds[0]);
	close(other.fds[1]);
	other.fds[1] = -1;
	assert_int_equal(wait_ms(&watch, -1, 20, &e), SF_OK);
	close_connection(&other);
	close_connection(&own);
}

static void a_host_that_names_only_the_address_is_watched_by_it(void **state)
{
	SF_CLEANUP(sf_watch_endp) struct sf_watch watch = {0};
	struct connection c;

	(void)state;
	open_connection(&c, AF_INET, AF_INET);
	const struct sf_watch_peer peer = {.rhost = c.address};
	/* The client's end is another process's: here, a descriptor that the watch passes over. */
	const int far = fcntl(c.fds[1], F_DUPFD_CLOEXEC, 300);

	close(c.fds[1]);
	c.fds[1] = far;
	sf_watch_begin(&watch, &peer);
	assert_int_equal(watch.client, c.fds[0]);
	close_connection(&c);
}

static void two_connections_of_one_address_are_not_confused(void **state)
{
	SF_CLEANUP(sf_watch_endp) struct sf_watch watch = {0};
	struct connection c;

	(void)state;
	open_connection(&c, AF_INET, AF_INET);
	const struct sf_watch_peer peer = {.rhost = c.address};

	sf_watch_begin(&watch, &peer);
	assert_int_equal(watch.client, -1);
	close_connection(&c);
}

static void what_names_no_connection_is_not_watched(void **state)
{
	static const struct sf_watch_peer peers[] = {
	    {.rhost = "laptop.example"},
	    {.rhost = "192.0.2.1"},
	    {.rhost = "x", .ssh_connection = "127.0.0.1"},
	    {.rhost = "x", .ssh_connection = "127.0.0.1 0 127.0.0.1 22"},
	    {.rhost = "x", .ssh_connection = "127.0.0.1 65536 127.0.0.1 22"},
	    {.rhost = "x", .ssh_connection = "UNKNOWN 65535 UNKNOWN 65535"},
	    {.rhost = "x",
		.ssh_connection = "00000000000000000000000000000000000000000000000000 1"},
	    {.rhost = "x", .ssh_connection = " "},
	};
	struct connection c;

	(void)state;
	open_connection(&c, AF_INET, AF_INET);
	for (size_t i = 0; i < SF_COUNT(peers); i++) {
		SF_CLEANUP(sf_watch_endp) struct sf_watch watch = {0};

		sf_watch_begin(&watch, &peers[i]);
		if (watch.client != -1)
			fail_msg("%s: %d", peers[i].ssh_connection, watch.client);
	}
	close_connection(&c);
}

static void a_readable_descriptor_ends_the_wait_and_a_deadline_does(void **state)
{
	SF_CLEANUP(sf_watch_endp) struct sf_watch watch = {0};
	const struct sf_watch_peer peer = {.rhost = "192.0.2.1"};
	struct sf_error e;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	sf_watch_begin(&watch, &peer);
	assert_int_equal(wait_ms(&watch, fds[0], 20, &e), SF_E_UNAVAILABLE);
	assert_int_equal(e.sys, ETIMEDOUT);
	assert_int_equal(wait_ms(NULL, fds[0], 20, &e), SF_E_UNAVAILABLE);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(wait_ms(&watch, fds[0], LONG_MS, &e), SF_OK);
	assert_int_equal(wait_ms(&watch, fds[0], 0, &e), SF_OK);
	assert_int_equal(wait_ms(NULL, fds[0], LONG_MS, &e), SF_OK);
	close(fds[0]);
	close(fds[1]);
}

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

static void a_signal_that_the_host_catches_ends_the_wait_and_reaches_it_afterwards(void **state)
{
	const struct sigaction ours = {.sa_handler = on_signal};
	const struct sf_watch_peer peer = {.rhost = "192.0.2.1"};
	struct sf_watch watch = {0};
	struct sigaction before;
	struct sf_error e;

	(void)state;
	caught = 0;
	assert_int_equal(sigaction(SIGTERM, &ours, &before), 0);
	sf_watch_begin(&watch, &peer);
	assert_int_equal(raise(SIGTERM), 0);
	assert_int_equal(wait_ms(&watch, -1, LONG_MS, &e), SF_E_INTERRUPTED);
	assert_int_equal(e.sys, SIGTERM);
	assert_int_equal(caught, 0);
	sf_watch_endp(&watch);
	assert_int_equal(caught, SIGTERM);
	assert_int_equal(sigaction(SIGTERM, &before, NULL), 0);
}

static void a_signal_that_the_host_blocks_ends_the_wait_and_stays_blocked(void **state)
{
	const struct sf_watch_peer peer = {.rhost = "192.0.2.1"};
	static const int numbers[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(numbers); i++) {
		struct sf_watch watch = {0};
		sigset_t set, before, pending;
		struct sf_error e;
		int got = 0;

		sigemptyset(&set);
		sigaddset(&set, numbers[i]);
		assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, &before), 0);
		sf_watch_begin(&watch, &peer);
		assert_int_equal(wait_ms(&watch, -1, 20, &e), SF_OK);
		assert_int_equal(raise(numbers[i]), 0);
		assert_int_equal(wait_ms(&watch, -1, LONG_MS, &e), SF_E_INTERRUPTED);
		assert_int_equal(e.sys, numbers[i]);
		sf_watch_endp(&watch);
		assert_int_equal(sigpending(&pending), 0);
		assert_true(sigismember(&pending, numbers[i]));
		assert_int_equal(sigwait(&set, &got), 0);
		assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
	}
}

static void a_signal_that_would_end_the_host_is_left_alone(void **state)
{
	const struct sf_watch_peer peer = {.rhost = "192.0.2.1"};
	struct sf_watch watch = {0};
	sigset_t mask;

	(void)state;
	sf_watch_begin(&watch, &peer);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
	assert_false(sigismember(&mask, SIGHUP));
	sf_watch_endp(&watch);
}

/* In a session of its own whose terminal is slave: 0 where its closing ended the wait. */
static int wait_at_terminal(const char *slave, int ready)
{
	const struct sf_watch_peer peer = {.rhost = ""};
	struct sf_watch watch = {0};
	struct sf_error e;

	if (setsid() < 0 || open(slave, O_RDWR) < 0 || signal(SIGHUP, SIG_IGN) == SIG_ERR)
		return 2;
	sf_watch_begin(&watch, &peer);
	if (watch.terminal < 0 || wait_ms(&watch, -1, 20, &e) != SF_OK || write(ready, "x", 1) != 1)
		return 3;
	return wait_ms(&watch, -1, LONG_MS, &e) == SF_E_CLIENT_GONE ? 0 : 1;
}

static void a_terminal_that_is_closed_ends_the_wait(void **state)
{
	const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	int ready[2], status = -1;
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	assert_int_equal(grantpt(master) | unlockpt(master), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const char *slave = ptsname(master);

		_exit(slave ? (close(master), wait_at_terminal(slave, ready[1])) : 4);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(master);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ready[0]);
}

static void a_watch_that_has_not_begun_closes_nothing(void **state)
{
	struct sf_watch watch = {0};

	(void)state;
	sf_watch_endp(&watch);
	assert_true(fcntl(0, F_GETFD) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_client_that_closes_ends_the_wait),
	    cmocka_unit_test(a_client_that_only_stops_sending_has_gone_too),
	    cmocka_unit_test(what_the_client_sends_is_left_for_the_host),
	    cmocka_unit_test(only_the_connection_of_this_login_is_watched),
	    cmocka_unit_test(a_host_that_names_only_the_address_is_watched_by_it),
	    cmocka_unit_test(two_connections_of_one_address_are_not_confused),
	    cmocka_unit_test(what_names_no_connection_is_not_watched),
	    cmocka_unit_test(a_readable_descriptor_ends_the_wait_and_a_deadline_does),
	    cmocka_unit_test(
		a_signal_that_the_host_catches_ends_the_wait_and_reaches_it_afterwards),
	    cmocka_unit_test(a_signal_that_the_host_blocks_ends_the_wait_and_stays_blocked),
	    cmocka_unit_test(a_signal_that_would_end_the_host_is_left_alone),
	    cmocka_unit_test(a_terminal_that_is_closed_ends_the_wait),
	    cmocka_unit_test(a_watch_that_has_not_begun_closes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
