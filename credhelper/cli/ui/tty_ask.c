/*
 * Asks a question on /dev/tty and reads one line, with or without echo. Restores the terminal in
 * every case; does not use standard input.
 */
#include "tty_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "signal_block.h"
#include "messages.h"

#include "banned.h"

/* The terminal during a question. */
struct terminal {
	int fd, signals;       /* /dev/tty; a signalfd for the blocked signals */
	bool is_changed;       /* echo is off */
	struct termios before; /* valid if is_changed */
};

static void terminal_close(struct terminal *terminal)
{
	/* TCSAFLUSH drops further input, which may be the rest of a secret and must not echo. */
	if (terminal->is_changed)
		(void)tcsetattr(terminal->fd, TCSAFLUSH, &terminal->before);
	sf_fd_closep(&terminal->signals);
	sf_fd_closep(&terminal->fd);
}

/* Turn echo off. ICANON lets the person edit the line, ISIG keeps Ctrl-C. */
static bool hide_input(struct terminal *terminal)
{
	struct termios now;

	if (tcgetattr(terminal->fd, &terminal->before) != 0)
		return false;
	now = terminal->before;
	now.c_lflag &= ~(tcflag_t)ECHO;
	now.c_lflag |= ICANON | ISIG | ECHONL;
	terminal->is_changed = true;
	return tcsetattr(terminal->fd, TCSAFLUSH, &now) == 0;
}

/*
 * Open the terminal and show the prompt. Signals are blocked; the signalfd becomes readable when
 * one is pending.
 */
static enum sf_err open_terminal(
    const struct sf_tty_ask *ask, struct terminal *terminal, struct sf_error *e)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < SF_COUNT(ends); i++)
		sigaddset(&set, ends[i]);
	terminal->signals = signalfd(-1, &set, SFD_CLOEXEC);
	terminal->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal->fd < 0 || terminal->signals < 0)
		return SF_FAIL(e, SF_E_CONVERSATION, errno, "there is no terminal to ask at");
	if ((ask->is_hidden && !hide_input(terminal)) ||
	    !sf_file_write_all(terminal->fd, ask->prompt, strlen(ask->prompt)))
		return SF_FAIL(e, SF_E_CONVERSATION, errno, "cannot show a question on /dev/tty");
	return SF_OK;
}

/* Wait for input, a signal or the deadline. */
static enum sf_err wait_for_line(
    const struct terminal *terminal, int64_t deadline_ms, struct sf_error *e)
{
	struct pollfd watched[] = {
	    {.fd = terminal->fd, .events = POLLIN}, {.fd = terminal->signals, .events = POLLIN}};

	int ready = 0;

	do
		ready = poll(watched, SF_COUNT(watched),
		    deadline_ms == 0 ? -1 : sf_clock_left_ms(deadline_ms));
	while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return SF_FAIL(e, SF_E_CONVERSATION, errno, "cannot wait for a response");
	if (ready == 0)
		return SF_FAIL_MESSAGE(e, SF_E_EXPIRED, SF_MESSAGE_E_NO_ANSWER_IN_TIME, NULL);
	if (watched[1].revents != 0)
		return SF_FAIL(e, SF_E_INTERRUPTED, 0, "a signal interrupted a question");
	return SF_OK;
}

/* Read byte by byte, so that nothing behind the line end is taken from the terminal. */
static enum sf_err read_line(const struct terminal *terminal, int64_t deadline_ms,
    struct sf_secret *line, struct sf_error *e)
{
	for (;;) {
		char byte = '\0';
		enum sf_err r = wait_for_line(terminal, deadline_ms, e);
		ssize_t n = r == SF_OK ? read(terminal->fd, &byte, 1) : 0;

		if (r != SF_OK)
			return r;
		if (n == 1 && byte == '\n')
			return SF_OK;
		if (n != 1 || byte == '\0')
			return SF_FAIL_MESSAGE(e, SF_E_CONVERSATION, SF_MESSAGE_E_NO_ANSWER, NULL);
		if (!sf_secret_add(line, &byte, 1))
			return SF_FAIL_MESSAGE(e, SF_E_CONVERSATION, SF_MESSAGE_E_ANSWER_TOO_LONG,
			    SF_WITH({"max", SF_NUMBER(SF_TTY_ASK_MAX)}));
	}
}

enum sf_err sf_tty_ask_line(
    const struct sf_tty_ask *ask, struct sf_secret **ret_line, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *line = sf_secret_new(SF_TTY_ASK_MAX);

	if (!line)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a response");
	/* Declared before the terminal, so that signals are delivered after it is restored. */
	SF_CLEANUP(sf_signal_block_end) struct sf_signal_block block = {0};
	sf_signal_block_begin(&block);
	SF_CLEANUP(terminal_close) struct terminal terminal = {.fd = -1, .signals = -1};
	enum sf_err r = open_terminal(ask, &terminal, e);

	if (r == SF_OK)
		r = read_line(&terminal, ask->deadline_ms, line, e);
	if (r == SF_OK)
		*ret_line = SF_TAKE(line);
	return r;
}
