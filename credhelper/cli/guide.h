/*
 * What an administrator ticks in Salesforce Setup, step by step with the reason for each, and what
 * the administrator of a host adds to its files. Words alone, made of the org's own values.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config.h"
#include "text.h"

#define SF_GUIDE_SIZE 8192

struct sf_guide {
	const char *host;                /* of login_url */
	const struct sf_list *callbacks; /* to be pasted, a line each */
	const struct sf_list *scopes;
	bool is_host;    /* for logins to a host: device flow, no refresh token */
	bool has_secret; /* the app is to require one */
};

/* False: does not fit. */
SF_CHECKED bool sf_guide_app(const struct sf_guide *guide, struct sf_text *ret_words);

/* The lines for /etc/pam.d/sshd and the drop-in of sshd, as README has them. */
const char *sf_guide_stack(void);
const char *sf_guide_sshd(void);
