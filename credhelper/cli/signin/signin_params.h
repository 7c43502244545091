/* Parameters of a sign-in: what the flags say, and how to reach the person. */
#pragma once

#include <stdbool.h>

#include "job.h"
#include "ui.h"

/* Pointers are borrowed; what they point to outlives the sign-in. */
struct sf_signin_params {
	const char *scope;    /* scopes, separated by spaces */
	const char *flow;     /* --flow; NULL: the org's */
	const char *username; /* --username; NULL: the target's user, the org's, or a question */
	bool reads_password;  /* --password-stdin */
	const char *prompt;   /* --prompt of OpenID Connect, for browser and paste; NULL: none */
	bool explains;        /* --verbose: say on standard error why this flow is used */
	bool remembers;       /* --remember: store the password in the desktop keyring */
	/* No browser of this machine: with flow auto, device comes first, also at a display. */
	bool is_elsewhere;
	struct sf_ui *ui; /* NULL: no person is present */
	/* The name of the flow that ran last (flows.def); NULL: not wanted. */
	const char **ret_flow;
	/* Result of the worker's last job, filled also after a failure; NULL: not wanted. */
	struct sf_job_result *ret_result;
};
