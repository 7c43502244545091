/*
 * Messages to the PAM conversation (pam_conv(3)) and back. One message a call: sshd 9.4 to 10.2
 * cuts the connection after 32 of them, and shows a notice only together with the next prompt.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <security/pam_modules.h>

#include "attr.h"
#include "config.h"
#include "err.h"
#include "ui.h"

#define SF_CONVERSE_TEXT_MAX 4096

bool sf_converse_is_present(pam_handle_t *pamh);

/* How a person who signs in learns address and code. */
enum sf_converse_style {
	SF_CONVERSE_PROMPT, /* one echo-off prompt with everything, answered with Enter */
	SF_CONVERSE_NOTICE, /* PAM_TEXT_INFO, no answer */
};
enum sf_converse_style sf_converse_style(enum sf_dialogue dialogue, const char *service);

struct sf_converse_ask {
	enum sf_converse_style style;
	const char *org;
	const char *account;
	const char *rhost; /* "" = this machine */
	const struct sf_show *show;
};

/*
 * Show address and code. *ret_typed: something was typed before Enter, which can only be a
 * password; it is wiped already. Fails with CONVERSATION.
 */
SF_CHECKED enum sf_err sf_converse_device(
    pam_handle_t *pamh, const struct sf_converse_ask *ask, bool *ret_typed, struct sf_error *e);

/* The sentence for every refusal, if it can be had across. */
void sf_converse_refused(pam_handle_t *pamh, const char *ref);
