/*
 * sfoauth-selftest: checks that the worker's sandbox allows what a request needs, and nothing else,
 * with this kernel and these libraries, before a login depends on it. It starts the worker as the
 * module does, and acts as TLS server and browser. It contacts no other host.
 *
 * One worker each for what ends differently: requests and refused calls, a program that must not
 * run, a callback. Rows are printed as they come. A row "not ok" makes the exit status 1; nothing
 * is repaired, and a login is not affected by this program.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "selftest_peer.h"
#include "selftest_protocol.h"
#include "spawn.h"
#include "text.h"
#include "wire.h"

#include "banned.h"

#define WORKER      SF_LIBEXECDIR "/sfoauth-worker"
#define SELF        SF_LIBEXECDIR "/sfoauth-selftest"
#define WORKER_USER "_sfoauth"
#define PEER        "--peer"
#define ROWS_MAX    8192
#define TIMEOUT_MS  10000 /* for each part, in the worker and in the peer */
#define PART_MS     (TIMEOUT_MS + 2000)
/* The callback as a browser requests it, with the state that the worker waits for. */
#define VISIT                                                                                      \
	"GET " SF_SELFTEST_PATH "?code=x&state=" SF_SELFTEST_STATE                                 \
	" HTTP/1.1\r\nHost: " SF_SELFTEST_HOST "\r\n\r\n"

/* The user that the worker and the peer run as: started by root, they do not run as root. */
struct user {
	struct sf_spawn_user user;
	const struct sf_spawn_user *given; /* &user, or NULL: the user of this process */
};

/* Print one row of the report. */
static bool row(bool fine, const char *what, const char *detail)
{
	printf("%s%s%s%s\n", fine ? "ok      " : "not ok  ", what, detail[0] ? ": " : "", detail);
	return fine;
}

/* Set *ret to WORKER_USER if this process is root. False, with a row: there is no such user. */
static bool find_user(struct user *ret)
{
	const struct passwd *entry = getpwnam(WORKER_USER);

	*ret = (struct user){.given = NULL};
	if (geteuid() != 0 && getuid() != 0)
		return true;
	if (!entry || entry->pw_uid == 0)
		return row(false, "there is no user " WORKER_USER, "");
	ret->user = (struct sf_spawn_user){.uid = entry->pw_uid, .gid = entry->pw_gid};
	ret->given = &ret->user;
	return true;
}

/*
 * Listen on a free port of 127.0.0.1, for one client: the worker, or this program as the browser.
 * Returns the descriptor, or -1.
 */
static int open_listener(uint16_t *ret_port)
{
	struct sockaddr_in local = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(local);
	SF_CLEANUP(sf_fd_closep) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&local, size) != 0 || listen(fd, 1) != 0 ||
	    getsockname(fd, (struct sockaddr *)&local, &size) != 0)
		return -1;
	*ret_port = ntohs(local.sin_port);
	return SF_TAKE_FD(fd);
}

/* Copy a child's rows to standard output. False: more than ROWS_MAX bytes, or it is too slow. */
static bool copy_rows(int fd, int64_t deadline_ms)
{
	char text[ROWS_MAX];
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < sizeof(text)) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};

		if (poll(&ready, 1, sf_clock_left_ms(deadline_ms)) != 1)
			break;
		n = read(fd, text + len, sizeof(text) - len);
		len += n > 0 ? (size_t)n : 0;
	}
	return fwrite(text, 1, len, stdout) == len && n == 0;
}

/* --- the peer: a process without root --- */

/*
 * Send the worker the port of the listener (descriptor 4) and the certificate, on descriptor 5.
 * Then serve its two requests. A process of its own, because it parses TLS and HTTP of any
 * process that connects first: root must not.
 */
static int run_peer(void)
{
	SF_CLEANUP(sf_selftest_peer_freep) struct sf_selftest_peer *peer = NULL;
	char pem[SF_SELFTEST_PEM_SIZE], port[16];
	struct sf_text text = SF_TEXT(port);
	struct sockaddr_in local = {0};
	socklen_t size = sizeof(local);
	struct sf_error e = {0};

	(void)signal(SIGPIPE, SIG_IGN);
	if (getsockname(SF_WIRE_RECORD_FD, (struct sockaddr *)&local, &size) != 0 ||
	    sf_selftest_peer_new(&peer, pem, &e) != SF_OK)
		return 1;
	sf_text_addf(&text, "%u\n", (unsigned)ntohs(local.sin_port));
	if (!sf_file_write_all(SF_WIRE_SECRET_FD, port, text.len) ||
	    !sf_file_write_all(SF_WIRE_SECRET_FD, pem, strlen(pem)))
		return 1;
	close(SF_WIRE_SECRET_FD);
	return sf_selftest_peer_serve(peer, SF_WIRE_RECORD_FD, TIMEOUT_MS, &e) == SF_OK ? 0 : 1;
}

/* --- parts --- */

/*
 * Start a program with fds as its descriptors 4, 5 and 6 (-1: none). Confined as for a login: the
 * limits of spawn_child.c belong to what is tested.
 */
static bool start_program(const struct user *user, const char *path, const char *argument,
    const int fds[3], struct sf_child *ret_child)
{
	const struct sf_spawn_params params = {
	    .path = path,
	    .argument = argument,
	    .user = user->given,
	    .fds = {-1, fds[0], fds[1], fds[2], -1},
	    .confined = true,
	};
	struct sf_error e;

	return sf_spawn(&params, ret_child, &e) == SF_OK || row(false, path, e.detail);
}

/* A worker that runs one part of the self-test. */
struct part {
	struct sf_child worker;
	int rows; /* read end of the pipe that it writes its rows to */
	int64_t deadline_ms;
};

static void part_clear(struct part *part)
{
	sf_child_killp(&part->worker);
	sf_fd_closep(&part->rows);
}

/*
 * Start a worker on one part. given_fd becomes its descriptor 5 and listening_fd its descriptor 6;
 * -1: none.
 */
static bool start_part(const struct user *user, const char *argument, int given_fd,
    int listening_fd, struct part *part)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return row(false, "cannot create a pipe", "");
	part->rows = ends[0];
	part->deadline_ms = sf_clock_now_ms() + PART_MS;

	bool is_started = start_program(
	    user, WORKER, argument, (int[3]){ends[1], given_fd, listening_fd}, &part->worker);

	close(ends[1]);
	return is_started;
}

/* Print the rows of a part and wait for its worker. False: it is late, or a row is "not ok". */
static bool end_part(struct part *part)
{
	bool is_clean = false;

	if (!copy_rows(part->rows, part->deadline_ms))
		return row(false, "the worker did not end in time", "");
	sf_child_end(&part->worker, part->deadline_ms, &is_clean);
	return is_clean || row(false, "the worker ended with an error", "");
}

/*
 * Requests and refused system calls: the worker connects to a peer that this program starts. The
 * peer's row comes last: a request may have failed in the worker alone.
 */
static bool check_requests(const struct user *user)
{
	SF_CLEANUP(sf_child_killp) struct sf_child peer = {.fd = -1};
	SF_CLEANUP(part_clear) struct part part = {.worker.fd = -1, .rows = -1};
	SF_CLEANUP(sf_fd_closep) int listener = -1;
	SF_CLEANUP(sf_fd_closep) int given = -1;
	uint16_t port = 0;
	int ends[2];
	bool is_clean = false;

	listener = open_listener(&port);
	if (listener < 0 || pipe2(ends, O_CLOEXEC) != 0)
		return row(false, "cannot listen on 127.0.0.1", "");
	given = ends[0];

	bool is_started = start_program(user, SELF, PEER, (int[3]){listener, ends[1], -1}, &peer);

	close(ends[1]);
	/* Only the peer may hold the listener: if the peer dies, requests fail at once. */
	close(SF_TAKE_FD(listener));

	bool fine = is_started &&
		    start_part(user, SF_SELFTEST_ARGUMENT SF_SELFTEST_REQUESTS, given, -1, &part) &&
		    end_part(&part);

	sf_child_end(&peer, fine ? sf_clock_now_ms() + TIMEOUT_MS : 0, &is_clean);
	return row(is_clean, "the test server received both requests", "") && fine;
}

/* The kernel must kill a worker that calls execve; an error is not enough. */
static bool check_exec(const struct user *user)
{
	SF_CLEANUP(sf_child_killp) struct sf_child worker = {.fd = -1};
	int status = 0;

	if (!start_program(
		user, WORKER, SF_SELFTEST_ARGUMENT SF_SELFTEST_EXEC, (int[3]){-1, -1, -1}, &worker))
		return false;

	bool is_killed = waitpid(worker.pid, &status, 0) == worker.pid && WIFSIGNALED(status) &&
			 WTERMSIG(status) == SIGSYS;

	worker.pid = 0;
	return row(is_killed, "killed: running a program", "");
}

/* Send the callback request as a browser does, and check that the reply is 200. */
static bool send_callback(uint16_t port)
{
	const struct sockaddr_in where = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct timeval timeout = {.tv_sec = TIMEOUT_MS / 1000};
	SF_CLEANUP(sf_fd_closep) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char first[16] = "";

	return fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) == 0 &&
	       connect(fd, (const struct sockaddr *)&where, sizeof(where)) == 0 &&
	       sf_file_write_all(fd, VISIT, strlen(VISIT)) &&
	       recv(fd, first, sizeof(first) - 1, MSG_WAITALL) == (ssize_t)sizeof(first) - 1 &&
	       strcmp(first, "HTTP/1.1 200 OK") == 0;
}

/* The callback: this program acts as the browser, the worker serves the page. */
static bool check_browser(const struct user *user)
{
	SF_CLEANUP(part_clear) struct part part = {.worker.fd = -1, .rows = -1};
	uint16_t port = 0;
	int listener = open_listener(&port);
	bool is_started =
	    listener >= 0 &&
	    start_part(user, SF_SELFTEST_ARGUMENT SF_SELFTEST_BROWSER, -1, listener, &part);

	/* Only the worker may hold the listener: if it dies, the connection fails at once. */
	if (listener >= 0)
		close(listener);
	if (!is_started)
		return row(false, "cannot start a worker with a listener", "");

	bool is_shown = send_callback(port);

	return row(is_shown, "a browser sees the page", "") && end_part(&part);
}

int main(int argc, char **argv)
{
	struct user user;

	if (argc == 2 && strcmp(argv[1], PEER) == 0)
		return run_peer();
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("sfoauth-selftest " SF_VERSION) < 0;
	if (argc != 1) {
		(void)fprintf(stderr, "usage: sfoauth-selftest [--version]\n");
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	if (!find_user(&user))
		return 1;

	bool fine = check_requests(&user);

	fine = check_exec(&user) && fine;
	fine = check_browser(&user) && fine;
	return fflush(stdout) == 0 && fine ? 0 : 1;
}
