#include "selftest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "form.h"
#include "http.h"
#include "sandbox.h"
#include "selftest_peer.h"
#include "selftest_callback.h"
#include "text.h"
#include "wire.h"

#include "banned.h"

#define TIMEOUT_MS 10000

/* One row. write(2) alone: inside the sandbox stdio would ask about its descriptor. */
static bool row(bool fine, const char *what, const char *detail)
{
	char line[256];
	struct sf_text text = SF_TEXT(line);

	sf_text_addf(&text, "%s%s%s%s\n", fine ? "ok      " : "not ok  ", what,
	    detail[0] ? ": " : "", detail);
	return sf_file_write_all(STDOUT_FILENO, line, text.len) && fine;
}

/* --- what must be refused: true if it is --- */

static bool closed(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd < 0;
}

static bool refuses_open(void)
{
	return closed(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

static bool refuses_create(void)
{
	return closed(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

static bool refuses_memfd(void)
{
	return closed(memfd_create("self-test", MFD_CLOEXEC));
}

static bool refuses_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid < 0;
}

static bool refuses_unix_socket(void)
{
	return closed(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static bool refuses_udp(void)
{
	return closed(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static bool refuses_listener(void)
{
	const struct sockaddr_in any = {.sin_family = AF_INET};
	SF_CLEANUP(sf_fd_closep) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && bind(fd, (const struct sockaddr *)&any, sizeof(any)) != 0 &&
	       listen(fd, 1) != 0;
}

static bool refuses_visitors(void)
{
	return accept4(SF_WIRE_BODY_FD, NULL, NULL, SOCK_CLOEXEC) < 0 && errno == EPERM;
}

static bool refuses_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return false;

	bool refused = mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0;

	munmap(page, 4096);
	return refused;
}

static bool refuses_signals(void)
{
	return kill(getppid(), 0) != 0;
}

static const struct {
	const char *what;
	bool (*refuses)(void);
} refusals[] = {
    {"refused: opening a file", refuses_open},
    {"refused: making a file", refuses_create},
    {"refused: making a memory file", refuses_memfd},
    {"refused: a new process or thread", refuses_fork},
    {"refused: a local socket", refuses_unix_socket},
    {"refused: a UDP socket", refuses_udp},
    {"refused: a listening socket", refuses_listener},
    {"refused: connections from outside", refuses_visitors},
    {"refused: memory turned into code", refuses_code},
    {"refused: a signal to another process", refuses_signals},
};

/* --- the confined child --- */

static bool request(struct sf_http *http, const struct sf_secret *form, struct sf_error *e)
{
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	const struct sf_http_request ask = {.path = "/self-test", .form = form};

	return sf_http_run(http, &ask, &reply, e) == SF_OK && reply.status == 200 &&
	       sf_secret_len(reply.body) > 0;
}

static bool check_requests(struct sf_http *http)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	struct sf_error e = {0};
	bool fine = form && sf_form_add(form, "a", "b");
	char name[SF_SANDBOX_NAME_SIZE];

	fine = row(fine && request(http, form, &e), "a POST over TLS", e.detail);
	fine = row(request(http, NULL, &e), "a GET over the same connection", e.detail) && fine;
	if (sf_sandbox_trapped() == 0)
		return row(true, "no system call of a request was refused", "") && fine;
	/* What a new libc or kernel needs: the name is for whoever mends the list. */
	sf_sandbox_call_name(sf_sandbox_trapped(), name);
	return row(false, "a system call of a request was refused", name);
}

static bool check_refusals(void)
{
	bool fine = true;

	for (size_t i = 0; i < SF_COUNT(refusals); i++)
		fine = row(refusals[i].refuses(), refusals[i].what, "") && fine;
	return fine;
}

/* The certificate, when the server has made it. */
static bool read_pem(int fd, char ret_pem[static SF_SELFTEST_PEM_SIZE])
{
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < SF_SELFTEST_PEM_SIZE - 1) {
		n = read(fd, ret_pem + len, SF_SELFTEST_PEM_SIZE - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	ret_pem[len] = '\0';
	return n == 0 && len > 0;
}

static bool run_client(uint16_t port, int pem_fd)
{
	SF_CLEANUP(sf_http_freep) struct sf_http *http = NULL;
	char pem[SF_SELFTEST_PEM_SIZE];
	struct sf_origin origin = {.host = "127.0.0.1", .port = port};
	struct sf_text text = SF_TEXT(origin.text);
	const struct sf_http_ask ask = {.origin = &origin,
	    .proxy = "",
	    .ca_file = "",
	    .ca_text = pem,
	    .deadline_ms = sf_clock_now_ms() + TIMEOUT_MS,
	    .watch_fd = -1};
	struct sf_error e = {0};
	uint32_t landlock = 0;
	char abi[32];
	struct sf_text abi_text = SF_TEXT(abi);

	sf_text_addf(&text, "https://127.0.0.1:%u", (unsigned)port);

	enum sf_err r = sf_http_start(&e);

	if (!read_pem(pem_fd, pem))
		return row(false, "a test certificate", "");
	if (r == SF_OK)
		r = sf_http_open(&ask, &http, &e);
	if (!row(r == SF_OK, "libraries are ready", e.detail))
		return false;
	const struct sf_sandbox_ask sandbox = {.port = sf_http_port(http)};

	r = sf_sandbox_enter(&sandbox, &landlock, &e);
	if (!row(r == SF_OK, "seccomp", e.detail))
		return false;
	sf_text_addf(&abi_text, landlock > 0 ? "ABI %u" : "none in this kernel", landlock);
	row(true, "Landlock", abi);

	bool fine = check_requests(http);

	return check_refusals() && fine;
}

/* --- outside --- */

/* exec must not merely fail: whoever tries is killed. */
static bool check_kill(void)
{
	char *const none[] = {NULL};
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		const struct sf_sandbox_ask sandbox = {.port = 443};
		struct sf_error ignored;
		uint32_t landlock = 0;

		if (sf_sandbox_enter(&sandbox, &landlock, &ignored) == SF_OK)
			execve("/proc/self/exe", none, none);
		_exit(1);
	}
	return row(pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
		       WTERMSIG(status) == SIGSYS,
	    "killed: running a program", "");
}

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

/* Serve the child, which waits for the certificate at the other end of pem_fd. */
static bool run_server(int listener, int take_pem_fd)
{
	SF_CLEANUP(sf_fd_closep) int pem_fd = take_pem_fd;
	SF_CLEANUP(sf_selftest_peer_freep) struct sf_selftest_peer *peer = NULL;
	char pem[SF_SELFTEST_PEM_SIZE];
	struct sf_error e = {0};

	if (sf_selftest_peer_new(&peer, pem, &e) != SF_OK ||
	    !sf_file_write_all(pem_fd, pem, strlen(pem)))
		return row(false, "a test server", e.detail);
	close(SF_TAKE_FD(pem_fd));
	if (sf_selftest_peer_serve(peer, listener, TIMEOUT_MS, &e) != SF_OK)
		return row(false, "a test server", e.detail);
	return true;
}

int sf_selftest_run(void)
{
	uint16_t port = 0;
	int pem[2] = {-1, -1};
	int status = 0;
	SF_CLEANUP(sf_fd_closep) int listener = open_listener(&port);

	(void)signal(SIGPIPE, SIG_IGN);
	if (listener < 0 || pipe2(pem, O_CLOEXEC) != 0)
		return row(false, "a listener on 127.0.0.1", "") ? 0 : 1;

	pid_t pid = fork();

	if (pid == 0) {
		close(pem[1]);
		_exit(run_client(port, pem[0]) ? 0 : 1);
	}
	close(pem[0]);

	bool fine = pid > 0 && run_server(listener, pem[1]);

	if (pid > 0 && !fine)
		kill(pid, SIGKILL);
	fine = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 && fine;
	fine = check_kill() && fine;
	return row(sf_selftest_callback_run(), "a browser's callback", "") && fine ? 0 : 1;
}
