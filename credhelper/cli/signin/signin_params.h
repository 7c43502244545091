/* How to sign in: what the flags say, and where it is shown. */
#pragma once

#include <stdbool.h>

#include "job.h"
#include "ui.h"

/* All borrowed. */
struct sf_signin_params {
	const char *scope;    /* words with spaces between them */
	const char *flow;     /* --flow; NULL: the org's */
	const char *username; /* --username; NULL: the target's user, the org's, or asked */
	bool reads_password;  /* --password-stdin */
	const char *prompt;   /* --prompt: OpenID's words, for browser and paste; NULL: none */
	bool explains;        /* --verbose: why this flow, on standard error */
	bool remembers;       /* --remember: the password, in the keyring */
	struct sf_ui *ui;     /* NULL: no person is there */
	/* How the worker's last job ended, also after a failure; NULL: not wanted. */
	struct sf_job_result *ret_end;
};
