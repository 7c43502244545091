#include "selftest_callback.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "listener.h"
#include "sandbox.h"
#include "wire.h"

#include "banned.h"

#define STATE      "self-test"
#define ADDRESS    "http://localhost:1/self-test"
#define REQUEST    "GET /self-test?code=x&state=" STATE " HTTP/1.1\r\nHost: localhost:1\r\n\r\n"
#define TIMEOUT_MS 10000

/* In a process of its own, with the listener where the worker has it. */
static bool serve(int listening_fd)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *state = sf_secret_from(STATE, strlen(STATE));
	SF_CLEANUP(sf_callback_clear) struct sf_callback callback = {0};
	const struct sf_callback_ask expected = {.address = ADDRESS, .state = state};
	const struct sf_listener_ask ask = {
	    .fds = {SF_WIRE_BODY_FD, -1},
	    .watch_fd = -1,
	    .callback = &expected,
	    .login = "https://localhost",
	    .deadline_ms = sf_clock_now_ms() + TIMEOUT_MS,
	};
	const struct sf_page page = {.id = SF_PAGE_SIGNED_IN, .status = "200 OK"};
	const struct sf_sandbox_ask sandbox = {.port = 443, .serves = true};
	uint32_t landlock = 0;
	struct sf_error e;
	int fd = -1;

	if (!state || dup2(listening_fd, SF_WIRE_BODY_FD) < 0 ||
	    sf_sandbox_enter(&sandbox, &landlock, &e) != SF_OK ||
	    sf_listener_run(&ask, &callback, &fd, &e) != SF_OK)
		return false;
	sf_listener_show(fd, &page);
	return callback.kind == SF_CALLBACK_CODE && close(fd) == 0 && sf_sandbox_trapped() == 0;
}

static bool visit(const struct sockaddr_in *where)
{
	SF_CLEANUP(sf_fd_closep) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char first[16] = "";

	return fd >= 0 && connect(fd, (const struct sockaddr *)where, sizeof(*where)) == 0 &&
	       sf_file_write_all(fd, REQUEST, strlen(REQUEST)) &&
	       recv(fd, first, sizeof(first) - 1, MSG_WAITALL) == (ssize_t)sizeof(first) - 1 &&
	       strcmp(first, "HTTP/1.1 200 OK") == 0;
}

bool sf_selftest_callback_run(void)
{
	struct sockaddr_in local = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(local);
	SF_CLEANUP(sf_fd_closep) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int status = 0;

	if (fd < 0 || bind(fd, (const struct sockaddr *)&local, size) != 0 || listen(fd, 1) != 0 ||
	    getsockname(fd, (struct sockaddr *)&local, &size) != 0)
		return false;

	pid_t pid = fork();

	if (pid == 0)
		_exit(serve(fd) ? 0 : 1);
	if (pid < 0)
		return false;
	/* Nobody but the child answers: where it ends, so does the visit. */
	close(SF_TAKE_FD(fd));

	bool fine = visit(&local);

	return waitpid(pid, &status, 0) == pid && status == 0 && fine;
}
