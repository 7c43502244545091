/*
 * The setup guide: what an administrator enters in Salesforce Setup, step by step with reasons, and
 * what the administrator of a host adds to /etc. Only prints, with the values of the org filled in.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "config.h"

struct sf_setup_guide {
	const char *host;                /* of login_url, with the port */
	const struct sf_list *callbacks; /* printed one a line, ready to paste */
	const struct sf_list *scopes;
	bool is_host;    /* for logins to a host: device flow, no refresh token */
	bool has_secret; /* the app requires a secret */
};

/* Print the guide to the app, in the person's language. */
void sf_setup_guide_print_app(FILE *stream, const struct sf_setup_guide *guide);

/*
 * Print the lines for a file in /etc/pam.d, the same as in README. su and sudo keep no token, so
 * they get no session line.
 */
void sf_setup_guide_print_stack(FILE *stream, bool has_session);

/* The text of the sshd drop-in, the same as in README. Static. */
const char *sf_setup_guide_sshd(void);
