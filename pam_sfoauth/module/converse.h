/*
 * The dialogue over the PAM conversation (pam_conv(3)). Each call sends one message, because sshd
 * 9.4 to 10.2 closes the connection after 32 messages and shows a notice only with the next prompt.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <security/pam_modules.h>

#include "args.h"
#include "attr.h"
#include "config.h"
#include "err.h"
#include "secret.h"
#include "ui.h"

#define SF_CONVERSE_TEXT_MAX 4096 /* bytes of a rendered message, with NUL */

/* Has the application set a conversation function (PAM_CONV)? */
bool sf_converse_is_present(pam_handle_t *pamh);

/*
 * Choose how the device flow shows address and code. DEVICE_PROMPT: one echo-off prompt with both;
 * the person presses Enter. DEVICE_NOTICE: a text without a response. service is the entry service;
 * it decides if dialogue is AUTO: sshd and cockpit show a notice too late.
 */
enum sf_msg sf_converse_device(enum sf_dialogue dialogue, const char *service);

struct sf_converse_ask {
	enum sf_msg message; /* DEVICE_PROMPT, DEVICE_NOTICE, PASTE_PROMPT, PASSWORD_PROMPT */
	unsigned language;   /* enum sf_language */
	const char *service; /* the entry service: su and cockpit need other styles */
	const char *org;
	const char *account;
	const char *rhost;             /* "" = this machine */
	const char *uri;               /* the address to open */
	uint32_t left_s;               /* 0: all of approve_timeout, which is not said */
	const char *value;             /* for the message's placeholder: code, callback, username */
	enum sf_first_pass first_pass; /* PASSWORD_PROMPT only */
};

/*
 * Show the message and take the response: *ret_response is the caller's, NULL for a notice. The
 * paste prompt echoes: sshd's password method answers an echo-off prompt with the password, but
 * refuses one that echoes. cockpit's prompt for Enter echoes for the same reason. Fails with
 * CONVERSATION (none, broken, or the response is longer than SF_UI_RESPONSE_MAX), DENIED
 * (use_first_pass and no PAM_AUTHTOK), SYSTEM (the message is too long) or NOMEM.
 */
SF_CHECKED enum sf_err sf_converse_ask(pam_handle_t *pamh, const struct sf_converse_ask *ask,
    struct sf_secret **ret_response, struct sf_error *e);

/* Set PAM_AUTHTOK to a password that was accepted, for the modules below. A failure is logged. */
void sf_converse_pass_on(pam_handle_t *pamh, const struct sf_secret *password);

/*
 * Tell the person that the sign-in waits for its turn. Best effort; sshd before 10.3 shows this
 * with the next prompt or at the end only.
 */
void sf_converse_wait(pam_handle_t *pamh, const char *service, unsigned language);

/*
 * Show the sentence for a refusal with the reference ref; in cockpit, on one line. It is the same
 * for every reason, except that PASSWORD_TYPED, EXPIRED, RATE and UNAVAILABLE are explained: they
 * say nothing about the account. Best effort: the audit line has the reference too.
 */
void sf_converse_refused(
    pam_handle_t *pamh, const char *service, unsigned language, enum sf_err code, const char *ref);
