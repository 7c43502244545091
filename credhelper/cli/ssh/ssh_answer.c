/* Answers a bound prompt through a browser and a listener on localhost. */
#include "ssh_answer.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "file.h"
#include "listener.h"
#include "signin_browser.h"
#include "state_lock.h"

#include "banned.h"

#define WAIT_MS  240000 /* for a turn and for the browser: as long as a host waits by default */
#define AGAIN_MS 100    /* between two looks at the lock */

/* Take turns with other sign-ins of this person: the host has chosen the port. */
static enum sf_err take_turn(const struct sf_settings *settings, const char *callback,
    int64_t deadline_ms, int *ret_lock, struct sf_error *e)
{
	for (;;) {
		enum sf_err r = sf_state_lock_try_org(
		    settings->home, callback, SF_STATE_LOCK_CALLBACK, ret_lock, e);

		if (r != SF_OK || *ret_lock >= 0)
			return r;
		if (sf_clock_left_ms(deadline_ms) == 0)
			return SF_FAIL_MESSAGE(e, SF_E_EXPIRED, SF_MESSAGE_SSH_NO_TURN, NULL);
		sf_clock_sleep_until(sf_clock_now_ms() + AGAIN_MS);
	}
}

/* The address where the browser ended, made again from what was read there. */
static enum sf_err write_answer(const struct sf_ssh_address *address,
    const struct sf_callback *callback, struct sf_text *ret_answer, struct sf_error *e)
{
	sf_text_addf(
	    ret_answer, "%s%c", address->callback, strchr(address->callback, '?') ? '&' : '?');
	if (callback->kind == SF_CALLBACK_CODE) {
		sf_text_add(ret_answer, "code=");
		sf_text_add_percent(ret_answer, sf_secret_reveal(callback->code), "");
	} else {
		sf_text_add(ret_answer, "error=");
		sf_text_add_percent(ret_answer, callback->error, "");
	}
	sf_text_add(ret_answer, "&state=");
	if (!sf_text_add_percent(ret_answer, address->state, ""))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_SSH_LONG, NULL);
	return SF_OK;
}

/* Receive the callback. The page is shown before the host has exchanged the code. */
static enum sf_err receive(const struct sf_ssh_address *address,
    const struct sf_listener_params *listener, const char *who, struct sf_text *ret_answer,
    struct sf_error *e)
{
	SF_CLEANUP(sf_callback_clear) struct sf_callback callback = {0};
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	enum sf_err r = sf_listener_run(listener, &callback, &fd, e);
	const struct sf_page page = {
	    .id = callback.kind == SF_CALLBACK_CODE ? SF_PAGE_PASSED_ON : SF_PAGE_REFUSAL_PASSED_ON,
	    .language = listener->language,
	    .status = "200 OK",
	    .host = who,
	};

	if (r == SF_OK)
		r = write_answer(address, &callback, ret_answer, e);
	if (r == SF_OK)
		sf_listener_show(fd, &page);
	return r;
}

/*
 * The listeners are open before the browser starts, so that no other program can take the port in
 * between. They accept only a callback with the state of this address.
 */
enum sf_err sf_ssh_answer(const struct sf_settings *settings, const struct sf_ssh_address *address,
    const char *who, struct sf_text *ret_answer, struct sf_error *e)
{
	SF_CLEANUP(sf_signin_browser_clear) struct sf_signin_browser browser = {.fds = {-1, -1}};
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *state = sf_secret_from(address->state, strlen(address->state));
	SF_CLEANUP(sf_fd_closep) int lock = -1;
	const int64_t deadline_ms = sf_clock_now_ms() + WAIT_MS;
	char *callbacks[] = {(char *)(uintptr_t)address->callback};
	const struct sf_list list = {.items = callbacks, .count = 1};
	char login[SF_ORIGIN_SIZE];
	struct sf_text login_text = SF_TEXT(login);
	const struct sf_callback_params expected = {
	    .address = address->callback, .state = state, .issuer = &address->origin};
	enum sf_err r = take_turn(settings, address->callback, deadline_ms, &lock, e);

	if (r == SF_OK)
		r = sf_signin_browser_begin(&list, &browser, e);
	if (r != SF_OK)
		return r;
	if (!state || !sf_text_addf(&login_text, "https://%s", address->origin.host))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a state");
	sf_message_print(
	    stderr, SF_MESSAGE_SSH_SIGNING_IN, SF_WITH({"who", who}, {"org", address->org->name}));
	if (!sf_signin_browser_open(&address->origin, address->text))
		sf_message_print(stderr, SF_MESSAGE_SSH_OPEN, SF_WITH({"uri", address->text}));

	const struct sf_listener_params listener = {
	    .fds = {browser.fds[0], browser.fds[1]},
	    .watch_fd = -1,
	    .callback = &expected,
	    .login = login,
	    .language = sf_language_of_environment(),
	    .deadline_ms = deadline_ms,
	};

	return receive(address, &listener, who, ret_answer, e);
}
