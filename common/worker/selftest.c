/*
 * The parts of the self-test that run inside the worker: requests, refused system calls, a
 * browser's callback, an exec. sfoauth-selftest starts them; no job reaches this code.
 */
#include "selftest.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "form.h"
#include "http.h"
#include "listener.h"
#include "sandbox.h"
#include "selftest_protocol.h"
#include "text.h"
#include "wire.h"

#include "banned.h"

#define TIMEOUT_MS 10000
#define PEER_SIZE  4096 /* port and certificate */

/* Write one row. Not with stdio: it calls fstat, which the sandbox refuses. */
static bool row(bool fine, const char *what, const char *detail)
{
	char line[256];
	struct sf_text text = SF_TEXT(line);

	sf_text_addf(&text, "%s%s%s%s\n", fine ? "ok      " : "not ok  ", what,
	    detail[0] ? ": " : "", detail);
	return sf_file_write_all(SF_WIRE_RECORD_FD, line, text.len) && fine;
}

/* Report a refused system call by name: the allow-list in sandbox.c then needs it. */
static bool row_of_trapped(const char *fine, const char *broken)
{
	char name[SF_SANDBOX_NAME_SIZE] = "";

	sf_sandbox_call_name(sf_sandbox_trapped(), name);
	return row(sf_sandbox_trapped() == 0, sf_sandbox_trapped() == 0 ? fine : broken, name);
}

/* --- requests --- */

/* Send a request, a POST if there is a form. True: a reply with status 200 and a body. */
static bool send_request(struct sf_http *http, const struct sf_secret *form, struct sf_error *e)
{
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	const struct sf_http_request request = {.path = SF_SELFTEST_PATH, .form = form};

	return sf_http_run(http, &request, &reply, e) == SF_OK && reply.status == 200 &&
	       sf_secret_len(reply.body) > 0;
}

/* Requests as a flow sends them. None of their system calls may be refused. */
static bool check_requests(struct sf_http *http)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	struct sf_error e = {0};
	bool fine = form && sf_secret_add_text(form, SF_SELFTEST_FORM);

	fine = row(fine && send_request(http, form, &e), "a POST over TLS", e.detail);
	fine =
	    row(send_request(http, NULL, &e), "a GET over the same connection", e.detail) && fine;
	return row_of_trapped("no system call of a request was refused",
		   "a system call of a request was refused") &&
	       fine;
}

/*
 * Make system calls that the sandbox must refuse. Most of them would fail without it too, with
 * another errno: only EPERM comes from the sandbox.
 */
static bool check_refusals(void)
{
	const struct {
		const char *what;
		long number, arguments[4];
	} calls[] = {
	    {"refused: opening a file", SYS_openat,
		{AT_FDCWD, (long)"/dev/null", O_RDONLY | O_CLOEXEC}},
	    {"refused: creating a file", SYS_openat,
		{AT_FDCWD, (long)"/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600}},
	    {"refused: creating a memory file", SYS_memfd_create, {(long)"self-test", MFD_CLOEXEC}},
	    {"refused: a new process or thread", SYS_clone, {SIGCHLD}},
	    {"refused: a local socket", SYS_socket, {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC}},
	    {"refused: a UDP socket", SYS_socket, {AF_INET, SOCK_DGRAM | SOCK_CLOEXEC}},
	    {"refused: an option that loads code into the kernel", SYS_setsockopt,
		{-1, IPPROTO_TCP, TCP_ULP}},
	    {"refused: shared memory", SYS_mmap, {0, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS}},
	    {"refused: binding a socket to an address", SYS_bind, {-1}},
	    {"refused: a listening socket", SYS_listen, {-1}},
	    {"refused: accepting connections", SYS_accept4, {SF_WIRE_BODY_FD}},
	    {"refused: making memory executable", SYS_mprotect, {0, 4096, PROT_READ | PROT_EXEC}},
	    {"refused: a signal to another process", SYS_kill, {1, SIGTERM}},
	};
	bool fine = true;

	for (size_t i = 0; i < SF_COUNT(calls); i++) {
		const long *with = calls[i].arguments;
		long result = syscall(calls[i].number, with[0], with[1], with[2], with[3]);

		if (calls[i].number == SYS_clone && result == 0)
			_exit(1);
		fine = row(result == -1 && errno == EPERM, calls[i].what, "") && fine;
	}
	return fine;
}

/*
 * Try to connect to the port after the peer's. A kernel whose Landlock knows ports must refuse it.
 * On others the row says that nothing does: seccomp cannot see which port an address has.
 */
static bool check_ports(uint16_t port, uint32_t landlock)
{
	const struct sockaddr_in other = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)(port + 1)),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	SF_CLEANUP(sf_fd_closep) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (landlock < SF_SANDBOX_PORT_ABI)
		return row(true, "Ports", "not limited by this kernel");
	return row(fd >= 0 && connect(fd, (const struct sockaddr *)&other, sizeof(other)) != 0 &&
		       errno == EACCES,
	    "Ports", "others are refused");
}

/* Read the peer's port and certificate from descriptor 5. *ret_pem points into buf. */
static bool read_peer(char buf[static PEER_SIZE], uint16_t *ret_port, const char **ret_pem)
{
	char *end = NULL;
	size_t len = 0;
	ssize_t n = 1;
	uint32_t port = 0;

	while (n > 0 && len < PEER_SIZE - 1) {
		n = read(SF_WIRE_SECRET_FD, buf + len, PEER_SIZE - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	buf[len] = '\0';
	end = strchr(buf, '\n');
	if (n != 0 || !end)
		return false;
	*end = '\0';
	*ret_pem = end + 1;
	*ret_port = sf_text_u32(buf, 1, UINT16_MAX, &port) ? (uint16_t)port : 0;
	return *ret_port > 0;
}

/* Connect before the sandbox, as a job does; then check what it allows and what it refuses. */
static bool run_requests(void)
{
	SF_CLEANUP(sf_http_freep) struct sf_http *http = NULL;
	struct sf_origin origin = {.host = "127.0.0.1"};
	struct sf_text text = SF_TEXT(origin.text);
	struct sf_http_params params = {.origin = &origin,
	    .proxy = "",
	    .ca_file = "",
	    .deadline_ms = sf_clock_now_ms() + TIMEOUT_MS,
	    .watch_fd = -1};
	struct sf_error e = {0};
	uint32_t landlock = 0;
	char peer[PEER_SIZE], abi[32];
	struct sf_text abi_text = SF_TEXT(abi);
	enum sf_err r = sf_http_start(&e);

	if (!read_peer(peer, &origin.port, &params.ca_text))
		return row(false, "no test certificate arrived", "");
	sf_text_addf(&text, "https://127.0.0.1:%u", (unsigned)origin.port);
	if (r == SF_OK)
		r = sf_http_open(&params, &http, &e);
	if (!row(r == SF_OK, "libraries are ready", e.detail))
		return false;

	const struct sf_sandbox_params sandbox = {.port = sf_http_port(http)};

	r = sf_sandbox_enter(&sandbox, &landlock, &e);
	if (!row(r == SF_OK, "seccomp", e.detail))
		return false;
	sf_text_addf(&abi_text, landlock > 0 ? "ABI %u" : "none in this kernel", landlock);
	row(true, "Landlock", abi);

	bool fine = check_requests(http);

	fine = check_ports(origin.port, landlock) && fine;
	return check_refusals() && fine;
}

/* --- browser --- */

/* Receive one callback in the sandbox, as the flow browser does. */
static bool run_browser(void)
{
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *state = sf_secret_from(SF_SELFTEST_STATE, strlen(SF_SELFTEST_STATE));
	SF_CLEANUP(sf_callback_clear) struct sf_callback callback = {0};
	const struct sf_callback_params expected = {
	    .address = "http://" SF_SELFTEST_HOST SF_SELFTEST_PATH, .state = state};
	const struct sf_listener_params params = {
	    .fds = {SF_WIRE_BODY_FD, -1},
	    .watch_fd = -1,
	    .callback = &expected,
	    .login = "https://localhost",
	    .deadline_ms = sf_clock_now_ms() + TIMEOUT_MS,
	};
	const struct sf_page page = {.id = SF_PAGE_SIGNED_IN, .status = "200 OK"};
	const struct sf_sandbox_params sandbox = {.port = 443, .serves = true};
	struct sf_error e = {0};
	uint32_t landlock = 0;
	int fd = -1;
	enum sf_err r = state ? sf_sandbox_enter(&sandbox, &landlock, &e) : SF_E_NOMEM;

	if (r == SF_OK)
		r = sf_listener_run(&params, &callback, &fd, &e);
	if (r == SF_OK)
		sf_listener_show(fd, &page);

	bool fine = r == SF_OK && callback.kind == SF_CALLBACK_CODE && close(fd) == 0;

	fine = row(fine, "a browser's callback", e.detail);
	return row_of_trapped("no system call of a callback was refused",
		   "a system call of a callback was refused") &&
	       fine;
}

/* --- exec --- */

static bool run_exec(void)
{
	char *const none[] = {NULL};
	const struct sf_sandbox_params sandbox = {.port = 443};
	struct sf_error ignored;
	uint32_t landlock = 0;

	if (sf_sandbox_enter(&sandbox, &landlock, &ignored) == SF_OK)
		execve("/proc/self/exe", none, none);
	return false;
}

int sf_selftest_run(const char *part, enum sf_err r, const struct sf_error *e)
{
	static const struct {
		const char *name;
		bool (*run)(void);
	} parts[] = {{SF_SELFTEST_REQUESTS, run_requests}, {SF_SELFTEST_BROWSER, run_browser},
	    {SF_SELFTEST_EXEC, run_exec}};

	(void)signal(SIGPIPE, SIG_IGN);
	if (r != SF_OK)
		return row(false, "cannot drop root", e->detail) ? 0 : 1;
	for (size_t i = 0; i < SF_COUNT(parts); i++)
		if (strcmp(part, parts[i].name) == 0)
			return parts[i].run() ? 0 : 1;
	return 2;
}
