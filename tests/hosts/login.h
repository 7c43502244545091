/* A login through the real libpam, by an application that answers every prompt with Enter. */
#pragma once

#include <stdbool.h>

struct login {
	const char *service, *user;
	/* Also setcred, open_session and close_session; else authenticate and account. */
	bool has_session;
	/* what came of it */
	int code;          /* PAM_SUCCESS only if authenticate and account both said so */
	const char *phase; /* that said code */
	bool was_told;     /* the person was told of a refusal: it is the module's, not libpam's */
	int session_code; /* the first of the session's phases that is no success, or PAM_SUCCESS */
};

/* before and after are called around what happens between pam_start and pam_end; may be NULL. */
void login_run(struct login *login, void (*before)(void), void (*after)(void));
