/*
 * What an administrator ticks in Salesforce Setup, step by step with the reason for each, and what
 * the administrator of a host adds to its files. Words alone, made of the org's own values.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "config.h"

struct sf_setup_guide {
	const char *host;                /* of login_url */
	const struct sf_list *callbacks; /* to be pasted, a line each */
	const struct sf_list *scopes;
	bool is_host;    /* for logins to a host: device flow, no refresh token */
	bool has_secret; /* the app is to require one */
};

void sf_setup_guide_print_app(FILE *stream, const struct sf_setup_guide *guide);

/* The lines for a file of /etc/pam.d, as README has them; su and sudo take no session line. */
void sf_setup_guide_print_stack(FILE *stream, bool has_session);

/* The drop-in of sshd, as README has it. */
const char *sf_setup_guide_sshd(void);
