/*
 * Waits with poll(2) on the worker's frames, the client's connection and the terminal, and checks
 * for pending signals four times a second. Reads from none of them.
 */
#include "watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "text.h"

#include "banned.h"

#define FD_LIMIT 256 /* sshd's connection is one of its first descriptors */
#define SLICE_MS 250 /* a blocked signal does not interrupt poll: check again after this */

static const int stopping[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};

struct peer {
	struct in6_addr address; /* IPv4 as ::ffff:a.b.c.d */
	uint16_t port;           /* host order; 0: any */
};

/* IPv4 becomes an IPv4-mapped IPv6 address, so that one comparison covers both. */
static bool parse_address(const char *text, struct in6_addr *ret_address)
{
	struct in_addr v4;

	if (inet_pton(AF_INET6, text, ret_address) == 1)
		return true;
	if (inet_pton(AF_INET, text, &v4) != 1)
		return false;
	*ret_address = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
	memcpy(&ret_address->s6_addr[12], &v4, sizeof(v4));
	return true;
}

/*
 * Parse the client's address, and its port if sshd gives it. Other applications set only PAM_RHOST,
 * which may be a name; a name is not resolved.
 */
static bool find_peer(const struct sf_watch_peer *known, struct peer *ret_peer)
{
	char address[INET6_ADDRSTRLEN], port_text[sizeof("65535")];
	const char *line = known->ssh_connection;
	uint32_t port = 0;

	ret_peer->port = 0;
	if (!line || line[0] == '\0')
		return known->rhost && parse_address(known->rhost, &ret_peer->address);

	const size_t address_len = strcspn(line, " ");
	const char *rest = line + address_len + (line[address_len] == ' ');
	const size_t port_len = strcspn(rest, " ");

	if (address_len >= sizeof(address) || port_len >= sizeof(port_text))
		return false;
	memcpy(address, line, address_len);
	address[address_len] = '\0';
	memcpy(port_text, rest, port_len);
	port_text[port_len] = '\0';
	if (!sf_text_u32(port_text, 1, UINT16_MAX, &port))
		return false;
	ret_peer->port = (uint16_t)port;
	return parse_address(address, &ret_peer->address);
}

/* Is fd a stream socket that is connected to this peer? */
static bool is_of_peer(int fd, const struct peer *peer)
{
	struct sockaddr_storage name = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(name), type_len = sizeof(int);
	struct in6_addr address = {.s6_addr = {[10] = 0xff, [11] = 0xff}};
	uint16_t port;
	int type = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) != 0 || type != SOCK_STREAM ||
	    getpeername(fd, (struct sockaddr *)&name, &len) != 0)
		return false;
	if (name.ss_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)&name;

		memcpy(&address.s6_addr[12], &v4->sin_addr, sizeof(v4->sin_addr));
		port = ntohs(v4->sin_port);
	} else if (name.ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&name;

		address = v6->sin6_addr;
		port = ntohs(v6->sin6_port);
	} else {
		return false;
	}
	return (peer->port == 0 || peer->port == port) &&
	       memcmp(&address, &peer->address, sizeof(address)) == 0;
}

/*
 * Find the application's connection to the client among its descriptors; -1 if there is none or it
 * is not certain.
 */
static int find_client(const struct sf_watch_peer *known)
{
	struct peer peer = {.port = 0};
	int found = -1;

	if (!find_peer(known, &peer))
		return -1;
	for (int fd = 0; fd < FD_LIMIT; fd++) {
		if (!is_of_peer(fd, &peer))
			continue;
		/*
		 * Two connections from one address: without a port, either could be this login's.
		 */
		if (found >= 0)
			return -1;
		found = fd;
	}
	return found;
}

/*
 * Block the stopping signals for which the application has a handler; with defaults also those that
 * would end it. An ignored signal stays so: once blocked, it would be pending. False: no change.
 */
static bool block_signals(bool defaults, sigset_t *ret_before)
{
	struct sigaction action;
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < SF_COUNT(stopping); i++)
		if (sigaction(stopping[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN &&
		    (defaults || action.sa_handler != SIG_DFL))
			sigaddset(&blocked, stopping[i]);
	return pthread_sigmask(SIG_BLOCK, &blocked, ret_before) == 0;
}

void sf_watch_begin(struct sf_watch *watch, const struct sf_watch_peer *peer)
{
	watch->is_begun = true;
	watch->terminal = -1;
	watch->client = find_client(peer);
	if (!peer->rhost || peer->rhost[0] == '\0')
		watch->terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	/* Without a terminal, a local person or program reads what the application says there. */
	if (watch->client < 0 && watch->terminal < 0)
		watch->terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	watch->has_mask = block_signals(/* defaults= */ false, &watch->mask);
}

/* A background job may not touch its terminal: the kernel would stop it (SIGTTOU). */
static bool is_foreground(int terminal)
{
	return terminal >= 0 && tcgetpgrp(terminal) == getpgrp();
}

/* The terminal while nothing is asked. */
struct quiet {
	int terminal; /* -1: as it was */
	struct termios before;
	sigset_t mask;
};

/*
 * What is typed while nothing is asked may be a password: switch the echo off for a wait. A signal
 * that would end the application waits until the echo is on again.
 */
static void quiet_begin(int terminal, struct quiet *quiet)
{
	quiet->terminal = -1;
	if (!is_foreground(terminal) || tcgetattr(terminal, &quiet->before) != 0 ||
	    !block_signals(/* defaults= */ true, &quiet->mask))
		return;
	quiet->terminal = terminal;

	const tcflag_t before = quiet->before.c_lflag;

	quiet->before.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(terminal, TCSANOW, &quiet->before);
	quiet->before.c_lflag = before;
}

/* For SF_CLEANUP. */
static void quiet_endp(const struct quiet *quiet)
{
	if (quiet->terminal < 0)
		return;
	if (is_foreground(quiet->terminal))
		(void)tcsetattr(quiet->terminal, TCSANOW, &quiet->before);
	(void)pthread_sigmask(SIG_SETMASK, &quiet->mask, NULL);
}

void sf_watch_endp(struct sf_watch *watch)
{
	if (!watch->is_begun)
		return;
	/* The shell that follows must not run what was typed. */
	if (is_foreground(watch->terminal))
		(void)tcflush(watch->terminal, TCIFLUSH);
	sf_fd_closep(&watch->terminal);
	if (watch->has_mask)
		(void)pthread_sigmask(SIG_SETMASK, &watch->mask, NULL);
	memset(watch, 0, sizeof(*watch));
}

/* The first pending signal of the stopping ones; 0: none. */
static int pending_signal(void)
{
	sigset_t pending;

	if (sigpending(&pending) != 0)
		return 0;
	for (size_t i = 0; i < SF_COUNT(stopping); i++)
		if (sigismember(&pending, stopping[i]) == 1)
			return stopping[i];
	return 0;
}

/* Fail if the client has closed the connection or the terminal, or if a signal is pending. */
static enum sf_err check_person(const struct pollfd *fds, struct sf_error *e)
{
	int number;

	if (fds[1].revents & (POLLRDHUP | POLLHUP | POLLERR))
		return SF_FAIL(e, SF_E_CLIENT_GONE, 0, "the client has closed the connection");
	if (fds[2].revents & (POLLHUP | POLLERR))
		return SF_FAIL(e, SF_E_CLIENT_GONE, 0, "the terminal is closed");
	number = pending_signal();
	if (number != 0)
		return SF_FAIL(e, SF_E_INTERRUPTED, number, "stopped by a signal");
	return SF_OK;
}

enum sf_err sf_watch_wait(
    const struct sf_watch *watch, int fd, int64_t until_ms, struct sf_error *e)
{
	const bool is_watched = watch && watch->is_begun;
	SF_CLEANUP(quiet_endp) struct quiet quiet;

	quiet_begin(is_watched ? watch->terminal : -1, &quiet);
	for (;;) {
		/* poll(2) ignores an entry with a negative descriptor. */
		struct pollfd fds[] = {
		    {.fd = fd, .events = POLLIN},
		    {.fd = is_watched ? watch->client : -1, .events = POLLRDHUP},
		    {.fd = is_watched ? watch->terminal : -1},
		};
		const int left_ms = sf_clock_left_ms(until_ms);
		const int slice_ms = is_watched && left_ms > SLICE_MS ? SLICE_MS : left_ms;
		const int n = poll(fds, SF_COUNT(fds), slice_ms);

		if (n < 0 && errno != EINTR)
			return SF_FAIL(e, SF_E_SYSTEM, errno, "poll failed");

		enum sf_err r = n < 0 || !is_watched ? SF_OK : check_person(fds, e);

		if (r != SF_OK)
			return r;
		/* Before the check of the time: a frame that came at the last moment counts. */
		if (n > 0 && fds[0].revents != 0)
			return SF_OK;
		if (left_ms > 0)
			continue;
		if (fd < 0)
			return SF_OK;
		return SF_FAIL(
		    e, SF_E_UNAVAILABLE, ETIMEDOUT, "the worker sent nothing before the deadline");
	}
}
