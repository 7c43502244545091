/*
 * The command's side of the flow browser: opens the listeners that the worker inherits, and starts
 * the browser. The worker accepts and answers the callback.
 */
#include "signin_browser.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "program.h"
#include "text.h"
#include "messages.h"

#include "banned.h"

#define SF_BACKLOG      128
#define SF_HTTP_PORT    80
#define SF_FIRST_FD     3
#define SF_WORDS_MAX    16
#define SF_WORDS_SIZE   (2 * SF_UI_ADDRESS_SIZE)
#define SF_MESSAGE_SIZE (2 * SF_SIGNIN_BROWSER_CALLBACK_SIZE + 512)

/* --- listeners --- */

/* The port of http://localhost[:PORT][/...]. False: another form, so not for this machine. */
static bool find_port(const char *callback, uint16_t *ret_port)
{
	static const char local[] = "http://localhost";
	const char *rest = callback + sizeof(local) - 1;
	char digits[8];
	struct sf_text text = SF_TEXT(digits);
	uint32_t port = SF_HTTP_PORT;

	if (!sf_text_starts(callback, local) || strlen(callback) >= SF_SIGNIN_BROWSER_CALLBACK_SIZE)
		return false;
	if (rest[0] == ':') {
		const size_t len = strcspn(rest + 1, "/?");

		if (!sf_text_add_bytes(&text, rest + 1, len) ||
		    !sf_text_u32(digits, 1, UINT16_MAX, &port))
			return false;
		rest += 1 + len;
	}
	*ret_port = (uint16_t)port;
	return rest[0] == '\0' || rest[0] == '/' || rest[0] == '?';
}

/*
 * *ret_fd is -1 if the machine lacks this address family. False: another program has the port; it
 * could read the authorization code that the browser sends there.
 */
static bool listen_at(const struct sockaddr *where, socklen_t size, int *ret_fd)
{
	const int on = 1;
	SF_CLEANUP(sf_fd_closep) int fd = socket(where->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret_fd = -1;
	if (fd < 0)
		return true;
	/* TIME_WAIT connections of the previous sign-in do not block the port; listeners do. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (where->sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, where, size) != 0)
		return errno == EADDRNOTAVAIL;
	if (listen(fd, SF_BACKLOG) != 0)
		return false;
	*ret_fd = SF_TAKE_FD(fd);
	return true;
}

/* Listen on 127.0.0.1 and ::1, because the browser may resolve localhost to either. */
static bool listen_on_both(uint16_t port, int ret_fds[static 2])
{
	const struct sockaddr_in four = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct sockaddr_in6 six = {
	    .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	SF_CLEANUP(sf_fd_closep) int first = -1;
	SF_CLEANUP(sf_fd_closep) int second = -1;

	if (!listen_at((const struct sockaddr *)&four, sizeof(four), &first) ||
	    !listen_at((const struct sockaddr *)&six, sizeof(six), &second) ||
	    (first < 0 && second < 0))
		return false;
	ret_fds[0] = SF_TAKE_FD(first);
	ret_fds[1] = SF_TAKE_FD(second);
	return true;
}

enum sf_err sf_signin_browser_begin(
    const struct sf_list *callbacks, struct sf_signin_browser *ret_browser, struct sf_error *e)
{
	*ret_browser = (struct sf_signin_browser){.fds = {-1, -1}};
	for (size_t i = 0; i < callbacks->count; i++) {
		const char *callback = callbacks->items[i];
		uint16_t port = 0;

		if (!find_port(callback, &port))
			continue;
		if (listen_on_both(port, ret_browser->fds))
			return sf_text_copy(
				   ret_browser->callback, SF_SIGNIN_BROWSER_CALLBACK_SIZE, callback)
				   ? SF_OK
				   : SF_FAIL(e, SF_E_BUG, 0, "a callback does not fit");
		if (!sf_text_copy(ret_browser->taken, SF_SIGNIN_BROWSER_CALLBACK_SIZE, callback))
			return SF_FAIL(e, SF_E_BUG, 0, "a callback does not fit");
	}
	if (ret_browser->taken[0] == '\0')
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_E_NO_CALLBACK, NULL);
	return SF_FAIL_MESSAGE(e, SF_E_PORTS_TAKEN, SF_MESSAGE_E_PORTS_TAKEN,
	    SF_WITH({"callback", ret_browser->taken}));
}

/* The person is no longer waited for: signals act again, those that came meanwhile first. */
static void end_wait(struct sf_signin_browser *browser)
{
	if (browser->is_waiting)
		sf_signal_block_end(&browser->block);
	browser->is_waiting = false;
}

void sf_signin_browser_clear(struct sf_signin_browser *browser)
{
	end_wait(browser);
	sf_fd_closep(&browser->fds[0]);
	sf_fd_closep(&browser->fds[1]);
	browser->fds[0] = browser->fds[1] = -1;
}

/* --- the browser --- */

/* A browser and its arguments, made before fork: nothing is allocated after it. */
struct command {
	char path[SF_PROGRAM_SIZE];
	char words[SF_WORDS_SIZE]; /* where argv points to */
	char *argv[SF_WORDS_MAX + 1];
};

/* Append one word of a command, with the address in the place of %s, and its NUL. */
static bool add_word(struct sf_text *text, const char *word, size_t len, const char *address)
{
	const char *mark = memmem(word, len, "%s", 2);

	if (mark &&
	    (!sf_text_add_bytes(text, word, (size_t)(mark - word)) || !sf_text_add(text, address)))
		return false;
	if (mark) {
		len -= (size_t)(mark - word) + 2;
		word = mark + 2;
	}
	return sf_text_add_bytes(text, word, len) && text->len + 1 < text->size;
}

/*
 * Split one command of BROWSER at its blanks; without %s the address comes last. No shell reads it,
 * so that nothing in the address is a command. False: it does not fit, or there is no such program.
 */
static bool fill_command(
    struct command *command, const char *given, size_t given_len, const char *address)
{
	const bool has_mark = memmem(given, given_len, "%s", 2) != NULL;
	size_t used = 0, count = 0;

	for (size_t at = 0; at < given_len || count == 0;) {
		struct sf_text text =
		    sf_text_over(command->words + used, sizeof(command->words) - used);
		size_t len = 0;

		while (at < given_len && given[at] == ' ')
			at++;
		while (at + len < given_len && given[at + len] != ' ')
			len++;
		if (len == 0)
			break;
		if (count + 1 == SF_WORDS_MAX || !add_word(&text, given + at, len, address))
			return false;
		command->argv[count++] = text.buf;
		used += text.len + 1;
		at += len;
	}
	if (!has_mark && count > 0) {
		if (!sf_text_copy(command->words + used, sizeof(command->words) - used, address))
			return false;
		command->argv[count++] = command->words + used;
	}
	command->argv[count] = NULL;
	return count > 0 && sf_program_find(command->argv[0], command->path, sizeof(command->path));
}

/* The first browser of BROWSER that is there; otherwise the one that the desktop prefers. */
static bool choose_command(struct command *command, const char *address)
{
	const char *list = secure_getenv("BROWSER");

	for (const char *at = list; at && *at != '\0'; at += *at == ':') {
		const size_t len = strcspn(at, ":");

		if (fill_command(command, at, len, address))
			return true;
		at += len;
	}
	return fill_command(
	    command, SF_SIGNIN_BROWSER_PROGRAM, strlen(SF_SIGNIN_BROWSER_PROGRAM), address);
}

/*
 * Runs in the grandchild and never returns. Calls only async-signal-safe functions, because it runs
 * between fork and exec.
 */
static void become_browser(const struct command *command)
{
	const struct sigaction usual = {.sa_handler = SIG_DFL};
	sigset_t none;
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int sig = 1; sig < NSIG; sig++)
		(void)sigaction(sig, &usual, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	/*
	 * A session without a terminal: browsers print, and Ctrl-C at the command's terminal must
	 * not end the browser. All further descriptors are closed, those with secrets as well.
	 */
	if (null < 0 || setsid() < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0 ||
	    syscall(SYS_close_range, SF_FIRST_FD, ~0U, 0) != 0)
		_exit(1);
	execve(command->path, command->argv, environ);
	_exit(1);
}

bool sf_signin_browser_open(const struct sf_origin *login, const char *address)
{
	struct command command;
	const char *path = NULL;
	int status = 0;

	if (!sf_origin_holds(login, address, &path) || path[0] != '/' ||
	    !choose_command(&command, address))
		return false;

	const pid_t pid = fork();

	if (pid == 0) {
		const pid_t browser = fork();

		if (browser == 0)
			become_browser(&command);
		_exit(browser < 0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* Print the address before the browser starts: it remains usable if no browser opens. */
static enum sf_err show(struct sf_ui *ui, const struct sf_show *what, struct sf_error *e)
{
	struct sf_signin_browser *browser = ui->context;
	enum sf_err r = browser->below->show(browser->below, what, e);
	char buf[SF_MESSAGE_SIZE];
	struct sf_text words = SF_TEXT(buf);

	if (r != SF_OK)
		return r;
	const enum sf_message opened =
	    sf_signin_browser_open(browser->login, what->verification_uri)
		? SF_MESSAGE_BROWSER_STARTED
		: SF_MESSAGE_BROWSER_MISSING;
	const bool is_whole =
	    browser->taken[0] == '\0' ||
	    sf_message_add(&words, SF_MESSAGE_OTHER_CALLBACK,
		SF_WITH({"taken", browser->taken}, {"callback", browser->callback}));
	if (is_whole && sf_message_add(&words, opened, NULL))
		(void)!sf_file_write_all(STDERR_FILENO, words.buf, words.len);
	browser->life_s = what->life_s;
	if (!browser->is_waiting)
		sf_signal_block_begin(&browser->block);
	browser->is_waiting = true;
	return SF_OK;
}

/* Passes the call on, as tick does. */
static enum sf_err wait_until(
    struct sf_ui *ui, int64_t deadline_ms, bool *ret_gone, struct sf_error *e)
{
	const struct sf_signin_browser *browser = ui->context;

	return browser->below->wait(browser->below, deadline_ms, ret_gone, e);
}

/*
 * Salesforce shows most failures on a page of its own and sends nothing back. ask_first (the
 * worker's) has excluded an unknown app or callback; these are the reasons that remain.
 */
static void tell_reasons(struct sf_signin_browser *browser)
{
	char buf[SF_MESSAGE_SIZE];
	struct sf_text words = SF_TEXT(buf);

	if (browser->is_told)
		return;
	browser->is_told = true;
	/* Blank the line of the countdown. */
	if (browser->below->tick)
		browser->below->tick(browser->below, 0);
	if (sf_message_add(
		&words, SF_MESSAGE_BROWSER_QUIET, SF_WITH({"callback", browser->callback})))
		(void)!sf_file_write_all(STDERR_FILENO, words.buf, words.len);
}

static void tick(struct sf_ui *ui, uint32_t left_s)
{
	struct sf_signin_browser *browser = ui->context;
	sigset_t pending;
	const bool is_stopped =
	    browser->is_waiting && sigpending(&pending) == 0 && sf_signal_block_has(&pending);

	if (is_stopped || (left_s > 0 && left_s + SF_SIGNIN_BROWSER_QUIET_S <= browser->life_s))
		tell_reasons(browser);
	if (browser->below->tick)
		browser->below->tick(browser->below, left_s);
	if (is_stopped || left_s == 0)
		end_wait(browser);
}

void sf_signin_browser_attach(
    struct sf_signin_browser *browser, struct sf_ui *below, const struct sf_origin *login)
{
	browser->ui =
	    (struct sf_ui){.show = show, .wait = wait_until, .tick = tick, .context = browser};
	browser->below = below;
	browser->login = login;
}
