/*
 * The command's side of the flow paste: shows the address to open, and asks for the address where
 * the browser ended. The worker checks it.
 */
#include "signin_paste.h"

#include "tty_ask.h"
#include "clock.h"
#include "messages.h"

#include "banned.h"

#define SF_MESSAGE_SIZE 1536

bool sf_signin_paste_words(const char *callback, bool again, struct sf_text *ret_words)
{
	return sf_message_add(ret_words, again ? SF_MESSAGE_PASTE_AGAIN : SF_MESSAGE_PASTE_ASK,
	    SF_WITH({"callback", callback}));
}

/* The question ends when the sign-in that is shown expires. */
static enum sf_err show(struct sf_ui *ui, const struct sf_show *what, struct sf_error *e)
{
	struct sf_signin_paste *paste = ui->context;

	paste->deadline_ms = sf_clock_now_ms() + (int64_t)what->life_s * 1000;
	return paste->below->show(paste->below, what, e);
}

static enum sf_err wait_until(
    struct sf_ui *ui, int64_t deadline_ms, bool *ret_gone, struct sf_error *e)
{
	const struct sf_signin_paste *paste = ui->context;

	return paste->below->wait(paste->below, deadline_ms, ret_gone, e);
}

static enum sf_err ask(
    struct sf_ui *ui, enum sf_ask what, struct sf_secret **ret_response, struct sf_error *e)
{
	struct sf_signin_paste *paste = ui->context;
	char buf[SF_MESSAGE_SIZE];
	struct sf_text words = SF_TEXT(buf);
	const struct sf_tty_ask question = {.prompt = buf, .deadline_ms = paste->deadline_ms};

	if (what != SF_ASK_CALLBACK)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "ASK %d in place of a callback", (int)what);
	if (!sf_signin_paste_words(paste->callback, paste->asks++ > 0, &words))
		return SF_FAIL(e, SF_E_BUG, 0, "the words of a question do not fit");
	return sf_tty_ask_line(&question, ret_response, e);
}

void sf_signin_paste_begin(
    struct sf_signin_paste *ret_paste, struct sf_ui *below, const char *callback)
{
	*ret_paste = (struct sf_signin_paste){
	    .ui = {.show = show, .wait = wait_until, .ask = ask, .context = ret_paste},
	    .below = below,
	    .callback = callback,
	};
}
