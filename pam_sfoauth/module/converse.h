/*
 * Messages to the PAM conversation (pam_conv(3)) and back. One message a call: sshd 9.4 to 10.2
 * cuts the connection after 32 of them, and shows a notice only together with the next prompt.
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

#define SF_CONVERSE_TEXT_MAX 4096

bool sf_converse_is_present(pam_handle_t *pamh);

/*
 * How a person who signs in by the device flow learns address and code: DEVICE_PROMPT, one echo-off
 * prompt with everything, answered with Enter; or DEVICE_NOTICE, without an answer.
 */
enum sf_msg sf_converse_device(enum sf_dialogue dialogue, const char *service);

struct sf_converse_ask {
	enum sf_msg message; /* DEVICE_PROMPT, DEVICE_NOTICE, PASTE_PROMPT, PASSWORD_PROMPT */
	unsigned language;   /* enum sf_language */
	const char *org;
	const char *account;
	const char *rhost;             /* "" = this machine */
	const char *uri;               /* to open */
	const char *value;             /* the message's own: code, callback or username */
	enum sf_first_pass first_pass; /* for a password */
};

/*
 * Show the message and take the answer: *ret_answer is the caller's, NULL for a notice. What is
 * pasted is echoed, which keeps sshd's password method from answering it. Fails with CONVERSATION,
 * DENIED (use_first_pass, and the stack has none), NOMEM.
 */
SF_CHECKED enum sf_err sf_converse_ask(pam_handle_t *pamh, const struct sf_converse_ask *ask,
    struct sf_secret **ret_answer, struct sf_error *e);

/* Leave a password that let its person in to the modules below. */
void sf_converse_pass_on(pam_handle_t *pamh, const struct sf_secret *password);

/* The sentence for every refusal, if it can be had across. */
void sf_converse_refused(pam_handle_t *pamh, unsigned language, const char *ref);
