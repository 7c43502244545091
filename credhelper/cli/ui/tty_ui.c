/*
 * Shows a sign-in on a terminal: words, QR code, time left. tty_ask.c asks questions; this file
 * only prints.
 */
#include "tty_ui.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <qrencode.h>

#include "clock.h"
#include "file.h"
#include "messages.h"
#include "wrap.h"

#include "banned.h"

#define SF_MESSAGE_SIZE      (SF_UI_ADDRESS_SIZE + 2048)
#define SF_QR_SIZE           16384
#define SF_QR_MARGIN         2 /* modules; half of the standard, as is usual on terminals */
#define SF_MINUTE_S          60
#define SF_COUNTDOWN_COLUMNS 40 /* CR does not lead back to the start of a line that is broken */
#define SF_QR_DARK_BIT       1

bool sf_tty_ui_words(
    const struct sf_tty_ui *tty, const struct sf_show *show, struct sf_text *ret_words)
{
	const uint32_t minutes = (show->life_s + SF_MINUTE_S / 2) / SF_MINUTE_S;

	if (show->user_code[0] == '\0')
		return sf_message_add(ret_words, SF_MESSAGE_SHOW_LINK,
		    SF_WITH(
			{"org", tty->org}, {"host", tty->host}, {"link", show->verification_uri}));
	return sf_message_add(ret_words, SF_MESSAGE_SHOW_CODE,
	    SF_WITH({"org", tty->org}, {"host", tty->host}, {"link", show->verification_uri},
		{"code", show->user_code}, {"minutes", SF_NUMBER(minutes)}));
}

/* Modules outside the code are light: they are the margin. */
static bool is_light(const QRcode *code, int x, int y)
{
	if (x < 0 || y < 0 || x >= code->width || y >= code->width)
		return true;
	return (code->data[y * code->width + x] & SF_QR_DARK_BIT) == 0;
}

static void qr_freep(QRcode **code)
{
	QRcode_free(*code);
	*code = NULL;
}

/* Two rows of modules for each line: a space, lower half, upper half or full block. */
bool sf_tty_ui_qr(const char *text, struct sf_text *ret_lines, unsigned *ret_columns)
{
	static const char *const blocks[] = {" ", "\u2584", "\u2580", "\u2588"};
	SF_CLEANUP(qr_freep)
	QRcode *code = QRcode_encodeString8bit(text, /* version= */ 0, QR_ECLEVEL_L);

	if (!code)
		return false;
	const int end = code->width + SF_QR_MARGIN;
	for (int y = -SF_QR_MARGIN; y < end; y += 2) {
		for (int x = -SF_QR_MARGIN; x < end; x++) {
			const unsigned upper = is_light(code, x, y) ? 2 : 0;
			const unsigned lower = y + 1 < end && is_light(code, x, y + 1) ? 1 : 0;

			sf_text_add(ret_lines, blocks[upper + lower]);
		}
		sf_text_add_char(ret_lines, '\n');
	}
	*ret_columns = (unsigned)(end + SF_QR_MARGIN);
	return !ret_lines->overflow;
}

/* Is the terminal wide enough? A width of 0 means unknown and counts as wide enough. */
static bool has_columns(int fd, unsigned columns)
{
	struct winsize size = {0};

	return ioctl(fd, TIOCGWINSZ, &size) == 0 && (size.ws_col == 0 || size.ws_col >= columns);
}

/* Write the words to fd, after a QR code if fd is a terminal that can show one. */
static enum sf_err show_on(const struct sf_tty_ui *tty, int fd, const struct sf_show *show,
    const struct sf_text *words, struct sf_error *e)
{
	char buf[SF_QR_SIZE], narrow_buf[2 * SF_MESSAGE_SIZE];
	struct sf_text qr = SF_TEXT(buf), narrow = SF_TEXT(narrow_buf);
	unsigned columns = 0;

	/* An address without a user code is for a browser on this machine, and too long for QR. */
	if (tty->shows_qr && isatty(fd) && show->user_code[0] != '\0' &&
	    sf_tty_ui_qr(show->verification_uri, &qr, &columns) && has_columns(fd, columns) &&
	    !sf_file_write_all(fd, qr.buf, qr.len))
		return SF_FAIL(e, SF_E_CONVERSATION, errno, "cannot show the QR code");
	if (sf_wrap_width(fd) < SF_WRAP_COLUMNS &&
	    sf_wrap_narrow(words->buf, sf_wrap_width(fd), &narrow))
		words = &narrow;
	if (!sf_file_write_all(fd, words->buf, words->len))
		return SF_FAIL(e, SF_E_CONVERSATION, errno, "cannot show the code");
	return SF_OK;
}

/*
 * Show the sign-in on standard error. If that is not a terminal, a program may capture it, so that
 * the person would not see the code: then show it on /dev/tty as well.
 */
static enum sf_err show_all(struct sf_ui *ui, const struct sf_show *show, struct sf_error *e)
{
	const struct sf_tty_ui *tty = ui->context;
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	struct sf_error ignored;
	char buf[SF_MESSAGE_SIZE];
	struct sf_text words = SF_TEXT(buf);

	if (!sf_tty_ui_words(tty, show, &words))
		return SF_FAIL(e, SF_E_BUG, 0, "the words of a sign-in do not fit");
	if (isatty(STDERR_FILENO))
		return show_on(tty, STDERR_FILENO, show, &words, e);
	fd = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return show_on(tty, STDERR_FILENO, show, &words, e);
	(void)!show_on(tty, STDERR_FILENO, show, &words, &ignored);
	return show_on(tty, fd, show, &words, e);
}

/* A person gives up with Ctrl-C, which is a signal, so that the wait is a plain sleep. */
static enum sf_err wait_until(
    struct sf_ui *ui, int64_t deadline_ms, bool *ret_gone, struct sf_error *e)
{
	(void)ui;
	(void)e;
	sf_clock_sleep_until(deadline_ms);
	*ret_gone = false;
	return SF_OK;
}

/*
 * Print the time left on one line, which CR and the next call overwrite; left_s = 0 blanks it. No
 * escape sequence is used, because some terminals do not have them.
 */
static void tick(struct sf_ui *ui, uint32_t left_s)
{
	const struct sf_tty_ui *tty = ui->context;
	char time_buf[16], buf[80];
	struct sf_text time = SF_TEXT(time_buf), line = SF_TEXT(buf);

	if (!tty->counts_down || !isatty(STDERR_FILENO) ||
	    sf_wrap_width(STDERR_FILENO) < SF_COUNTDOWN_COLUMNS)
		return;
	sf_text_addf(&time, "%2u:%02u", left_s / SF_MINUTE_S, left_s % SF_MINUTE_S);
	sf_text_add_char(&line, '\r');
	if (!sf_message_add(&line, SF_MESSAGE_TIME_LEFT, SF_WITH({"time", time_buf})))
		return;
	if (left_s == 0) {
		/* One blank for each byte is enough: no character has more columns than bytes. */
		memset(buf + 1, ' ', line.len - 1);
		sf_text_add_char(&line, '\r');
	}
	(void)!sf_file_write_all(STDERR_FILENO, buf, line.len);
}

void sf_tty_ui_begin(struct sf_tty_ui *ret_tty, const char *org, const char *host, bool shows_qr)
{
	*ret_tty = (struct sf_tty_ui){
	    .ui = {.show = show_all, .wait = wait_until, .tick = tick, .context = ret_tty},
	    .org = org,
	    .host = host,
	    .shows_qr = shows_qr,
	};
}

bool sf_tty_ui_is_there(void)
{
	SF_CLEANUP(sf_fd_closep) int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	return fd >= 0;
}
